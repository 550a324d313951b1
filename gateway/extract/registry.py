"""The deep lane's list: every extractor there is, in the order in which they look at a node. One line each."""

from __future__ import annotations

from gateway.extract.ace import ACE
from gateway.extract.arj import ARJ
from gateway.extract.base import Extractor
from gateway.extract.cab import CAB
from gateway.extract.carve import CARVE
from gateway.extract.compressed import COMPRESSED
from gateway.extract.disk import DISK
from gateway.extract.image import IMAGE
from gateway.extract.iso import ISO
from gateway.extract.iwork import IWORK
from gateway.extract.lnk import LNK
from gateway.extract.lzh import LZH
from gateway.extract.macfile import MAC_FILE
from gateway.extract.metafile import METAFILE
from gateway.extract.msg import MSG
from gateway.extract.msi import MSI
from gateway.extract.odf import ODF
from gateway.extract.office_words import OFFICE_WORDS
from gateway.extract.officexml import OFFICE_XML
from gateway.extract.ole import OLE
from gateway.extract.onenote import ONENOTE
from gateway.extract.ooxml import OOXML
from gateway.extract.pdf import PDF
from gateway.extract.pictures import PICTURES
from gateway.extract.rar import RAR
from gateway.extract.rawdisc import RAW_DISC
from gateway.extract.registry_plain import LIGHT
from gateway.extract.rtf import RTF
from gateway.extract.sevenzip import SEVENZIP
from gateway.extract.sevenzip_tool import SEVENZIP_TOOL
from gateway.extract.sheets import SHEETS
from gateway.extract.tar import TAR
from gateway.extract.tnef import TNEF
from gateway.extract.webarchive import WEB_ARCHIVE
from gateway.extract.xlm import BIFF
from gateway.extract.zip import ZIP

EXTRACTORS: tuple[Extractor, ...] = (
    *LIGHT,
    # archives and disk images
    ZIP, SEVENZIP, RAR, TAR, COMPRESSED, CAB, LZH, ARJ, ACE, ISO, RAW_DISC, DISK, SEVENZIP_TOOL, MAC_FILE, CARVE,

    # documents
    OOXML, OLE, PDF, RTF, MSG, TNEF, ONENOTE, ODF, OFFICE_XML, MSI, LNK, BIFF,
    SHEETS, OFFICE_WORDS, IWORK, WEB_ARCHIVE,

    # pictures
    IMAGE,
    PICTURES, METAFILE,

)
