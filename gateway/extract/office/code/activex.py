"""ActiveX controls by class id: the forms controls of Office itself are ordinary, everything else can be scripted."""

from __future__ import annotations

from uuid import UUID

from gateway.model.content import Observation

FORMS = {
    "8bd21d10-ec42-11ce-9e0d-00aa006002f3": "TextBox", "8bd21d20-ec42-11ce-9e0d-00aa006002f3": "ListBox",
    "8bd21d30-ec42-11ce-9e0d-00aa006002f3": "ComboBox", "8bd21d40-ec42-11ce-9e0d-00aa006002f3": "CheckBox",
    "8bd21d50-ec42-11ce-9e0d-00aa006002f3": "OptionButton", "8bd21d60-ec42-11ce-9e0d-00aa006002f3": "ToggleButton",
    "d7053240-ce69-11cd-a777-00dd01143c57": "CommandButton", "978c9e23-d4b0-11ce-bf2d-00aa003f40d0": "Label",
    "4c599241-6926-101b-9992-00000b65c6f9": "Image", "79176fb0-b7f2-11ce-97ef-00aa006d2776": "SpinButton",
    "dfd181e0-5e2f-11ce-a449-00aa004a803d": "ScrollBar", "6e182020-f460-11ce-9bcd-00aa00608e01": "Frame",
    "eae50eb0-4a62-11ce-bed6-00aa00611080": "TabStrip", "46e31370-3f7a-11ce-bed6-00aa00611080": "MultiPage",
    "dff4a4ff-6c20-4e82-8bd2-1a2ed0ca9a76": "SignatureLine", "c62a69f0-16dc-11ce-9e98-00aa00574a4f": "UserForm",
}
"""Microsoft Forms 2.0 ([MS-OFORMS] 2.1)."""

EQUATION = "0002ce02-0000-0000-c000-000000000046"
CLASSES = {
    # root class id of an embedded compound file -> observation code
    EQUATION: "OLE-EQUATION",
    "00021700-0000-0000-c000-000000000046": "OLE-EQUATION",
    "0004a6b0-0000-0000-c000-000000000046": "OLE-EQUATION",
    "00000300-0000-0000-c000-000000000046": "OLE-LINK",            # StdOleLink
    "79eac9e0-baf9-11ce-8c82-00aa004ba90b": "OLE-LINK",            # URL moniker
    "00000303-0000-0000-c000-000000000046": "OLE-LINK",            # file moniker
    "00000309-0000-0000-c000-000000000046": "OLE-LINK",            # composite moniker
    "06290bd3-48aa-11d2-8432-006008c3fbfc": "OLE-SCRIPT",          # scriptlet
    "ecabafc6-7f19-11d2-978e-0000f8757e2a": "OLE-SCRIPT",          # new moniker
    "3050f4d8-98b5-11cf-bb82-00aa00bdce0b": "OLE-SCRIPT",          # HTA
    "f414c260-6ac0-11cf-b6d1-00aa00bbbb58": "OLE-SCRIPT",          # JScript
    "b54f3741-5b07-11cf-a4b0-00aa004a55e8": "OLE-SCRIPT",          # VBScript
    "d27cdb6e-ae6d-11cf-96b8-444553540000": "OLE-FLASH",
    "8856f961-340a-11d0-a96b-00c04fd705a2": "OLE-BROWSER",
    "eab22ac3-30c1-11cf-a7eb-0000c05bae0b": "OLE-BROWSER",
    "25336920-03f9-11cf-8fd0-00aa00686f13": "OLE-BROWSER",         # HTML document
    "9ba05972-f6a8-11cf-a442-00a0c90a8f39": "OLE-SCRIPT",          # ShellWindows
    "c08afd90-f2a1-11d1-8455-00a0c91f3880": "OLE-SCRIPT",          # ShellBrowserWindow
    "72c24dd5-d70a-438b-8a42-98424b88afb8": "OLE-SCRIPT",          # WScript.Shell
    "f935dc22-1cf0-11d0-adb9-00c04fd58a0b": "OLE-SCRIPT",          # WScript.Shell 1
    "13709620-c279-11ce-a49e-444553540000": "OLE-SCRIPT",          # Shell.Application
    "0d43fe01-f093-11cf-8940-00a0c9054228": "OLE-SCRIPT",          # FileSystemObject
    "00000535-0000-0010-8000-00aa006d2ea4": "OLE-SCRIPT",          # ADODB.Recordset
    "00000566-0000-0010-8000-00aa006d2ea4": "OLE-SCRIPT",          # ADODB.Stream
    "ed8c108e-4349-11d2-91a4-00c04f7969e8": "OLE-SCRIPT",          # XMLHTTP
    "88d969c5-f192-11d4-a65f-0040963251e5": "OLE-SCRIPT",          # MSXML 5
    "6bf52a52-394a-11d3-b153-00c04f79faa6": "OLE-CONTROL",         # Windows Media Player
    "cafeefac-0017-0000-0000-abcdeffedcba": "OLE-CONTROL",         # Java plug-in
    "8ad9c840-044e-11d1-b3e9-00805f499d93": "OLE-CONTROL",
    "0e59f1d5-1fbe-11d0-8ff2-00a0d10038bc": "OLE-SCRIPT",          # script control
    "248dd896-bb45-11cf-9abc-0080c7e7b78d": "OLE-CONTROL",         # Winsock
    "ef53050b-882e-4776-b643-eda472e8e3f2": "OLE-SCRIPT",          # data provider
    "1c3b4210-f441-11ce-b9ea-00aa006b1a69": "OLE-CONTROL",
    "996bf5e0-8044-4650-adeb-0b013914e99c": "OLE-CONTROL",         # list view, MSCOMCTL
    "bdd1f04b-858b-11d1-b16a-00c0f0283628": "OLE-CONTROL",
    "c74190b6-8589-11d1-b16a-00c0f0283628": "OLE-CONTROL",
    "0002e510-0000-0000-c000-000000000046": "OLE-CONTROL",         # Office Web Components (CVE-2009-1136), 9, 10, 11
    "0002e511-0000-0000-c000-000000000046": "OLE-CONTROL",
    "0002e541-0000-0000-c000-000000000046": "OLE-CONTROL",
    "0002e551-0000-0000-c000-000000000046": "OLE-CONTROL",
    "0002e552-0000-0000-c000-000000000046": "OLE-CONTROL",
    "0002e559-0000-0000-c000-000000000046": "OLE-CONTROL",
    "0002e55a-0000-0000-c000-000000000046": "OLE-CONTROL",
    "333c7bc4-460f-11d0-bc04-0080c7055a83": "OLE-CONTROL",         # tabular data
    "f0e42d60-368c-11d0-ad81-00a0c90dc8d9": "OLE-CONTROL",         # snapshot viewer (CVE-2008-2463)
    "f0e42d50-368c-11d0-ad81-00a0c90dc8d9": "OLE-CONTROL",
    "f2175210-368c-11d0-ad81-00a0c90dc8d9": "OLE-CONTROL",
    "adb880a6-d8ff-11cf-9377-00aa003b7a11": "OLE-SCRIPT",          # HTML help
    "41b23c28-488e-4e5c-ace2-bb0bbabe99e8": "OLE-SCRIPT",
    "0006f063-0000-0000-c000-000000000046": "OLE-CONTROL",         # view control of Outlook
    "844f4806-e8a8-11d2-9652-00c04fc30871": "OLE-CONTROL",         # folder icon (CVE-2006-3730)
    "5512d112-5cc6-11cf-8d67-00aa00bdce1d": "OLE-CONTROL",         # controls of HTML forms
    "5512d110-5cc6-11cf-8d67-00aa00bdce1d": "OLE-CONTROL",
    "5512d11a-5cc6-11cf-8d67-00aa00bdce1d": "OLE-CONTROL",
    "1efb6596-857c-11d1-b16a-00c0f0283628": "OLE-CONTROL",         # tab strip and progress bar, MSCOMCTL
    "9181dc5f-e07d-418a-aca6-8eea1ecb8e9e": "OLE-CONTROL",
    "0002df01-0000-0000-c000-000000000046": "OLE-BROWSER",         # Internet Explorer
    "22d6f312-b0f6-11d0-94ab-0080c74c7e95": "OLE-CONTROL",         # media player of old
    "d7a7d7c3-d47f-11d0-89d3-00a0c90833e6": "OLE-CONTROL",         # DirectAnimation (CVE-2006-4777)
    "02bf25d5-8c17-4b23-bc80-d3488abddc6b": "OLE-CONTROL",         # QuickTime
    "cfcdaa03-8be4-11cf-b84b-0020afbbccfa": "OLE-CONTROL",         # RealPlayer
    "7584c670-2274-4efb-b00b-d6aaba6d3850": "OLE-CONTROL",         # remote desktop
    "a0c63c30-f08d-4ab4-907c-34905d770c7d": "OLE-CONTROL",
    "a08a033d-1a75-4ab6-a166-ead02f547959": "OLE-CONTROL",         # loader of assemblies, which moves nothing about (OTKLOADR)
    "66833fe6-8583-11d1-b16a-00c0f0283628": "OLE-CONTROL",         # toolbar, MSCOMCTL
    "2d360200-fff5-11d1-8d03-00a0c959bc0a": "OLE-BROWSER",         # DHTML editing
    "2d360201-fff5-11d1-8d03-00a0c959bc0a": "OLE-BROWSER",
    "dfeaf541-f3e1-4c24-acac-99c30715084a": "OLE-CONTROL",         # Silverlight
    "49b2791a-b1ae-4c90-9b8e-e860ba07f889": "OLE-SCRIPT",          # MMC20.Application
    "bd96c556-65a3-11d0-983a-00c04fc29e36": "OLE-SCRIPT",          # RDS.DataSpace
    "06290bd2-48aa-11d2-8432-006008c3fbfc": "OLE-SCRIPT",          # scriptlet by its file
    "00021401-0000-0000-c000-000000000046": "OLE-LINK",            # shortcut
    "fbf23b40-e3f0-101b-8488-00aa003e56f8": "OLE-LINK",            # internet shortcut
    "0003000c-0000-0000-c000-000000000046": "OLE-PACKAGE",
    "f20da720-c02f-11ce-927b-0800095ae340": "OLE-PACKAGE",
}


def control(class_id: str) -> Observation:
    """What an ActiveX part of this class id means."""
    known = class_id.strip().lower().removeprefix("clsid:").strip("{}")
    if known in FORMS:
        return Observation("DOC-FORM-CONTROL", FORMS[known])
    return Observation("DOC-ACTIVEX", class_id[:60])


def named(class_name: str) -> Observation:
    """The same of a control by the name of its class (ProgID). Controls of HTML forms are others."""
    low = class_name.strip().lower()
    if low.startswith("forms.") and not low.startswith("forms.html"):
        return Observation("DOC-FORM-CONTROL", class_name[:60])
    return Observation("DOC-ACTIVEX", class_name[:60])


def octets(data: bytes) -> str:
    """The class id with which what a control keeps begins, as text; "" where there is none."""
    return str(UUID(bytes_le=bytes(data[:16]))) if len(data) >= 16 else ""


def by_class(class_id: str) -> Observation | None:
    """What the root class id of a compound file means; None for ordinary documents."""
    code = CLASSES.get(class_id.strip("{}").lower())
    return Observation(code, "class id") if code else None
