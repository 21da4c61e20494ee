"""Workbooks made by hand, so that every hostile one can be made too."""

import io
import zipfile
from xml.sax.saxutils import escape

TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    "</Types>"
)
RELS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"'
    ' Target="xl/workbook.xml"/></Relationships>'
)
STYLES = (
    '<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'
)
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def cell(value):
    """A cell: text, a number, a day as ("day", serial), a formula with its last value as ("formula", text, value)."""
    if isinstance(value, tuple) and value[0] == "day":
        return f'<c s="1"><v>{value[1]}</v></c>'
    if isinstance(value, tuple):
        return f'<c t="str"><f>{escape(value[1])}</f><v>{escape(str(value[2]))}</v></c>'
    if isinstance(value, int | float):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'


def sheet_xml(rows):
    body = "".join("<row>" + "".join(cell(value) for value in row) + "</row>" for row in rows)
    return f'<?xml version="1.0"?><worksheet {MAIN}><sheetData>{body}</sheetData></worksheet>'


def workbook(*sheets, hidden=(), parts=None, compression=zipfile.ZIP_DEFLATED):
    """The bytes of a workbook with these sheets: (name, rows)."""
    files = {"[Content_Types].xml": TYPES, "_rels/.rels": RELS, "xl/styles.xml": STYLES}
    listed, linked = "", ""
    for number, (name, rows) in enumerate(sheets, 1):
        state = ' state="hidden"' if name in hidden else ""
        listed += f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"{state}/>'
        linked += (
            f'<Relationship Id="rId{number}" Target="worksheets/sheet{number}.xml"'
            ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/>'
        )
        files[f"xl/worksheets/sheet{number}.xml"] = sheet_xml(rows)
    r = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    files["xl/workbook.xml"] = (
        f'<?xml version="1.0"?><workbook {MAIN} {r}><sheets>{listed}</sheets></workbook>'
    )
    files["xl/_rels/workbook.xml.rels"] = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'{linked}<Relationship Id="rId99" Target="styles.xml"'
        ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"/></Relationships>'
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as archive:
        for name, content in {**files, **(parts or {})}.items():
            archive.writestr(name, content)
    return made.getvalue()
