"""The English of every message by its id; verbs bring their own titles (`studio.verbs`).

A field in braces is an argument of the message; `{name!l}` is one that stands inside a sentence.
"""

from __future__ import annotations

TEXTS = {
    # Steps of history
    "step.choose_fill": "Choose fill {number}",
    "step.clear_sample": "Clear sampling area",
    "step.colour_adaptation": "Colour adaptation of fill",
    "step.delete": "Delete {name!l}",
    "step.duplicate": "Duplicate {name!l}",
    "step.enhance": "Enhance {name!l}",
    "step.erase_selection": "Erase selection from {name!l}",
    "step.fill_again": "Fill again",
    "step.filler": "Filler: {filler!l}",
    "step.find": "Find objects",
    "step.flip": "Flip {name!l}",
    "step.lift": "Lift {label}",
    "step.lift_all": "Lift all objects",
    "step.move": "Move {name!l}",
    "step.paste": "Paste {name}",
    "step.put_back": "Put back {name!l}",
    "step.refine_edge": "Refine edge of {name!l}",
    "step.refine_mask": "Refine mask of {name!l}",
    "step.remove": "Remove {label}",
    "step.reorder": "Reorder {name!l}",
    "step.reset": "Reset {name!l}",
    "step.rotate": "Rotate {name!l}",
    "step.sample": "Paint sampling area",
    "step.scale": "Scale {name!l}",
    "step.select": "Select",
    "step.show_all": "Show all layers",
    "step.show_only": "Show only {name!l}",
    # Refusals
    "backdrop.has_no_mask": "The backdrop has no mask; choose a cutout in the layers panel.",
    "backdrop.stays": "The backdrop stays where it is; lift an object from it to move that.",
    "fill.number_unknown": "There is no fill {number}; choose one of 1 to {most}.",
    "layer.has_no_hole": "“{name}” has no hole to fill.",
    "layer.locked": "“{name}” is locked; unlock it in the layers panel first.",
    "layer.not_lifted": "“{name}” was not lifted from a layer that is still here.",
    "layer.nothing_left": "That would leave nothing of “{name}”; delete the layer instead.",
    "layer.too_large": "“{name}” can't be made that large; keep it nearer to the size of the photo.",
    "layer.too_small": "“{name}” can't be made that small; hide or delete it instead.",
    "nothing_painted": "Nothing was painted on this layer; paint over what shall go.",
    "property.unknown": "“{name}” has no property “{property}” that can be set.",
    "property.value": "There is no {property!l} “{value}”.",
    "nothing_selected": "Nothing is selected there; select an object first.",
}
