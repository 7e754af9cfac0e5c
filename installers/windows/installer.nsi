; Per-user installer: no administrator needed. Built by: makensis -DVERSION=0.1.0 -DFOLDER=..\..\dist\inpaint-studio
Unicode true
!include "MUI2.nsh"
!include "FileFunc.nsh"

!ifndef VERSION
  !error "Give the version: -DVERSION=0.1.0"
!endif
!ifndef FOLDER
  !error "Give the built folder: -DFOLDER=..."
!endif
!ifndef OUTPUT
  !define OUTPUT "inpaint-studio-${VERSION}-windows-x64-setup.exe"
!endif
!define NAME "Inpaint Studio"
!define PROGRAM "inpaint-studio.exe"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\InpaintStudio"
!define OPEN_WITH "Software\Classes\Applications\${PROGRAM}"
!define PROJECT "InpaintStudio.Project"

Name "${NAME}"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\Inpaint Studio"
InstallDirRegKey HKCU "${UNINSTALL}" "InstallLocation"
RequestExecutionLevel user
SetCompressor /SOLID lzma
ManifestDPIAware true
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "${NAME}"
VIAddVersionKey "FileDescription" "${NAME} setup"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "Apache License 2.0"

!define MUI_ICON "..\..\resources\app\inpaint-studio.ico"
!define MUI_UNICON "..\..\resources\app\inpaint-studio.ico"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\${PROGRAM}"
!insertmacro MUI_PAGE_LICENSE "..\..\LICENSE"
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

; Puts the program into the list "Open with" of one kind of picture, without taking it over.
!macro OpenWith SUFFIX
  WriteRegStr HKCU "${OPEN_WITH}\SupportedTypes" "${SUFFIX}" ""
  WriteRegStr HKCU "Software\Classes\${SUFFIX}\OpenWithList\${PROGRAM}" "" ""
!macroend
!macro UnOpenWith SUFFIX
  DeleteRegKey HKCU "Software\Classes\${SUFFIX}\OpenWithList\${PROGRAM}"
!macroend
!macro Pictures MACRO
  !insertmacro ${MACRO} ".jpg"
  !insertmacro ${MACRO} ".jpeg"
  !insertmacro ${MACRO} ".png"
  !insertmacro ${MACRO} ".tif"
  !insertmacro ${MACRO} ".tiff"
  !insertmacro ${MACRO} ".webp"
  !insertmacro ${MACRO} ".avif"
  !insertmacro ${MACRO} ".heic"
  !insertmacro ${MACRO} ".bmp"
  !insertmacro ${MACRO} ".gif"
!macroend

Section "${NAME}" SectionProgram
  SectionIn RO
  SetOutPath "$INSTDIR"
  ; What an older version brought and this one does not must not stay.
  RMDir /r "$INSTDIR\_internal"
  File /r "${FOLDER}\*.*"
  File "/oname=inpaint-studio.ico" "..\..\resources\app\inpaint-studio.ico"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "${NAME}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\inpaint-studio.ico"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" $0
SectionEnd

Section "Start menu entry" SectionMenu
  CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\${PROGRAM}" "" "$INSTDIR\inpaint-studio.ico"
SectionEnd

Section /o "Desktop icon" SectionDesktop
  CreateShortcut "$DESKTOP\${NAME}.lnk" "$INSTDIR\${PROGRAM}" "" "$INSTDIR\inpaint-studio.ico"
SectionEnd

Section "Open projects and pictures" SectionOpen
  WriteRegStr HKCU "Software\Classes\${PROJECT}" "" "OpenRaster project"
  WriteRegStr HKCU "Software\Classes\${PROJECT}\DefaultIcon" "" "$INSTDIR\inpaint-studio.ico"
  WriteRegStr HKCU "Software\Classes\${PROJECT}\shell\open\command" "" '"$INSTDIR\${PROGRAM}" "%1"'
  WriteRegStr HKCU "Software\Classes\.ora\OpenWithProgids" "${PROJECT}" ""
  WriteRegStr HKCU "${OPEN_WITH}" "FriendlyAppName" "${NAME}"
  WriteRegStr HKCU "${OPEN_WITH}\shell\open\command" "" '"$INSTDIR\${PROGRAM}" "%1"'
  !insertmacro Pictures OpenWith
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
SectionEnd

!insertmacro MUI_FUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${SectionProgram} "The editor and its command line."
  !insertmacro MUI_DESCRIPTION_TEXT ${SectionMenu} "An entry in the start menu."
  !insertmacro MUI_DESCRIPTION_TEXT ${SectionDesktop} "An icon on the desktop."
  !insertmacro MUI_DESCRIPTION_TEXT ${SectionOpen} "Offers the editor under 'Open with' of pictures and projects."
!insertmacro MUI_FUNCTION_DESCRIPTION_END

Section "Uninstall"
  RMDir /r "$INSTDIR\_internal"
  Delete "$INSTDIR\${PROGRAM}"
  Delete "$INSTDIR\inpaint-studio.ico"
  Delete "$INSTDIR\uninstall.exe"
  ; Only if nothing of the user's own lies there.
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\${NAME}.lnk"
  Delete "$DESKTOP\${NAME}.lnk"
  DeleteRegKey HKCU "${UNINSTALL}"
  DeleteRegKey HKCU "${OPEN_WITH}"
  DeleteRegKey HKCU "Software\Classes\${PROJECT}"
  DeleteRegValue HKCU "Software\Classes\.ora\OpenWithProgids" "${PROJECT}"
  !insertmacro Pictures UnOpenWith
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
SectionEnd
