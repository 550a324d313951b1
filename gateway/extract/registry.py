"""The deep lane's list: every extractor there is, in the order in which they look at a node. One line each."""

from __future__ import annotations

from gateway.extract.archive.ace import ACE
from gateway.extract.archive.arj import ARJ
from gateway.extract.archive.cab import CAB
from gateway.extract.archive.compressed import COMPRESSED
from gateway.extract.archive.lzh import LZH
from gateway.extract.archive.msi import MSI
from gateway.extract.archive.rar import RAR
from gateway.extract.archive.sevenzip import SEVENZIP
from gateway.extract.archive.sevenzip_tool import SEVENZIP_TOOL
from gateway.extract.archive.tar import TAR
from gateway.extract.archive.zip import ZIP
from gateway.extract.base import Extractor
from gateway.extract.carve import CARVE
from gateway.extract.disks.disk import DISK
from gateway.extract.disks.iso import ISO
from gateway.extract.disks.rawdisc import RAW_DISC
from gateway.extract.lnk import LNK
from gateway.extract.mail.macfile import MAC_FILE
from gateway.extract.mail.msg import MSG
from gateway.extract.mail.tnef import TNEF
from gateway.extract.office.binary.ole import OLE
from gateway.extract.office.hangul.hwp3 import HWP3
from gateway.extract.office.markup.flat import OFFICE_XML
from gateway.extract.office.markup.iwork import IWORK
from gateway.extract.office.markup.odf import ODF
from gateway.extract.office.markup.ooxml import OOXML
from gateway.extract.office.onenote import ONENOTE
from gateway.extract.office.packaged import PACKAGED
from gateway.extract.office.richtext.rtf import RTF
from gateway.extract.office.words import OFFICE_WORDS
from gateway.extract.page.webarchive import WEB_ARCHIVE
from gateway.extract.pdf.document import PDF
from gateway.extract.pdf.formsdata import FORMS_DATA
from gateway.extract.pdf.postscript import POSTSCRIPT
from gateway.extract.pictures.codes import IMAGE
from gateway.extract.pictures.metafile import METAFILE
from gateway.extract.pictures.reading import PICTURES
from gateway.extract.registry_plain import LIGHT
from gateway.extract.workbook.sheets import SHEETS
from gateway.extract.workbook.xlm import BIFF

EXTRACTORS: tuple[Extractor, ...] = (
    *LIGHT,

    # archives and disk images
    ZIP, SEVENZIP, RAR, TAR, COMPRESSED, CAB, LZH, ARJ, ACE, ISO, RAW_DISC, DISK, SEVENZIP_TOOL, MAC_FILE, CARVE,

    # documents
    OOXML, OLE, PDF, FORMS_DATA, POSTSCRIPT, RTF, MSG, TNEF, ONENOTE, ODF, PACKAGED, OFFICE_XML, MSI, LNK, BIFF,
    SHEETS, OFFICE_WORDS, IWORK, HWP3, WEB_ARCHIVE,

    # pictures
    IMAGE, PICTURES, METAFILE,
)
