"""Bills as suppliers make them: a Factur-X PDF by the library ``factur-x``, UBL by hand."""

import importlib.machinery
import io
from decimal import Decimal
from xml.sax.saxutils import escape

import stdnum
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from ..common import CoworkingCase

# Odoo's hook on this package hides the data files beside it, which factur-x reads when imported.
stdnum.__spec__.loader = importlib.machinery.SourceFileLoader("stdnum", stdnum.__file__)
from facturx import generate_from_binary  # noqa: E402

CII = """<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice
    xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
    xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
    xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
  <rsm:ExchangedDocumentContext>
    <ram:GuidelineSpecifiedDocumentContextParameter>
      <ram:ID>urn:cen.eu:en16931:2017</ram:ID>
    </ram:GuidelineSpecifiedDocumentContextParameter>
  </rsm:ExchangedDocumentContext>
  <rsm:ExchangedDocument>
    <ram:ID>{reference}</ram:ID>
    <ram:TypeCode>{type_code}</ram:TypeCode>
    <ram:IssueDateTime>
      <udt:DateTimeString format="102">{date}</udt:DateTimeString>
    </ram:IssueDateTime>
    {note}
  </rsm:ExchangedDocument>
  <rsm:SupplyChainTradeTransaction>
    {lines}
    <ram:ApplicableHeaderTradeAgreement>
      <ram:SellerTradeParty>
        <ram:Name>{seller}</ram:Name>
        {siren}
        <ram:PostalTradeAddress><ram:CountryID>FR</ram:CountryID></ram:PostalTradeAddress>
        {vat}
      </ram:SellerTradeParty>
      <ram:BuyerTradeParty>
        <ram:Name>Test Incubator</ram:Name>
        <ram:PostalTradeAddress><ram:CountryID>FR</ram:CountryID></ram:PostalTradeAddress>
      </ram:BuyerTradeParty>
    </ram:ApplicableHeaderTradeAgreement>
    <ram:ApplicableHeaderTradeDelivery/>
    <ram:ApplicableHeaderTradeSettlement>
      <ram:InvoiceCurrencyCode>{currency}</ram:InvoiceCurrencyCode>
      {bank}
      {taxes}
      <ram:SpecifiedTradePaymentTerms>
        <ram:DueDateDateTime>
          <udt:DateTimeString format="102">{due}</udt:DateTimeString>
        </ram:DueDateDateTime>
      </ram:SpecifiedTradePaymentTerms>
      <ram:SpecifiedTradeSettlementHeaderMonetarySummation>
        <ram:LineTotalAmount>{untaxed}</ram:LineTotalAmount>
        <ram:TaxBasisTotalAmount>{untaxed}</ram:TaxBasisTotalAmount>
        <ram:TaxTotalAmount currencyID="{currency}">{tax}</ram:TaxTotalAmount>
        <ram:GrandTotalAmount>{total}</ram:GrandTotalAmount>
        <ram:DuePayableAmount>{total}</ram:DuePayableAmount>
      </ram:SpecifiedTradeSettlementHeaderMonetarySummation>
      {corrected}
    </ram:ApplicableHeaderTradeSettlement>
  </rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>
"""
CII_LINE = """<ram:IncludedSupplyChainTradeLineItem>
      <ram:AssociatedDocumentLineDocument><ram:LineID>{number}</ram:LineID></ram:AssociatedDocumentLineDocument>
      <ram:SpecifiedTradeProduct><ram:Name>{name}</ram:Name></ram:SpecifiedTradeProduct>
      <ram:SpecifiedLineTradeAgreement>
        <ram:NetPriceProductTradePrice>
          <ram:ChargeAmount>{amount}</ram:ChargeAmount>
        </ram:NetPriceProductTradePrice>
      </ram:SpecifiedLineTradeAgreement>
      <ram:SpecifiedLineTradeDelivery>
        <ram:BilledQuantity unitCode="C62">1</ram:BilledQuantity>
      </ram:SpecifiedLineTradeDelivery>
      <ram:SpecifiedLineTradeSettlement>
        <ram:ApplicableTradeTax>
          <ram:TypeCode>VAT</ram:TypeCode>
          <ram:CategoryCode>{category}</ram:CategoryCode>
          <ram:RateApplicablePercent>{rate}</ram:RateApplicablePercent>
        </ram:ApplicableTradeTax>
        <ram:SpecifiedTradeSettlementLineMonetarySummation>
          <ram:LineTotalAmount>{amount}</ram:LineTotalAmount>
        </ram:SpecifiedTradeSettlementLineMonetarySummation>
      </ram:SpecifiedLineTradeSettlement>
    </ram:IncludedSupplyChainTradeLineItem>"""
UBL = """<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
    xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
    xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:UBLVersionID>2.1</cbc:UBLVersionID>
  <cbc:ID>{reference}</cbc:ID>
  <cbc:IssueDate>2015-07-02</cbc:IssueDate>
  <cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
  <cbc:Note>{note}</cbc:Note>
  <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
  <cac:AccountingSupplierParty><cac:Party>
    <cac:PartyTaxScheme>
      <cbc:CompanyID>{vat}</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
    </cac:PartyTaxScheme>
    <cac:PartyLegalEntity><cbc:RegistrationName>{seller}</cbc:RegistrationName></cac:PartyLegalEntity>
  </cac:Party></cac:AccountingSupplierParty>
  <cac:AccountingCustomerParty><cac:Party>
    <cac:PartyLegalEntity>
      <cbc:RegistrationName>Test Incubator</cbc:RegistrationName>
    </cac:PartyLegalEntity>
  </cac:Party></cac:AccountingCustomerParty>
  <cac:TaxTotal><cbc:TaxAmount currencyID="EUR">{tax}</cbc:TaxAmount>
    <cac:TaxSubtotal>
      <cbc:TaxableAmount currencyID="EUR">{untaxed}</cbc:TaxableAmount>
      <cbc:TaxAmount currencyID="EUR">{tax}</cbc:TaxAmount>
      <cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>20</cbc:Percent>
        <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory>
    </cac:TaxSubtotal>
  </cac:TaxTotal>
  <cac:LegalMonetaryTotal>
    <cbc:LineExtensionAmount currencyID="EUR">{untaxed}</cbc:LineExtensionAmount>
    <cbc:TaxExclusiveAmount currencyID="EUR">{untaxed}</cbc:TaxExclusiveAmount>
    <cbc:TaxInclusiveAmount currencyID="EUR">{total}</cbc:TaxInclusiveAmount>
    <cbc:PayableAmount currencyID="EUR">{total}</cbc:PayableAmount>
  </cac:LegalMonetaryTotal>
  <cac:InvoiceLine>
    <cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="C62">1</cbc:InvoicedQuantity>
    <cbc:LineExtensionAmount currencyID="EUR">{untaxed}</cbc:LineExtensionAmount>
    <cac:Item><cbc:Name>Seats</cbc:Name><cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID>
      <cbc:Percent>20</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
    </cac:ClassifiedTaxCategory></cac:Item>
    <cac:Price><cbc:PriceAmount currencyID="EUR">{untaxed}</cbc:PriceAmount></cac:Price>
  </cac:InvoiceLine>
</Invoice>
"""
VAT = "FR83404833048"
OTHER_VAT = "FR23334175221"


def tag(name, text):
    return f"<ram:{name}>{escape(text)}</ram:{name}>" if text else ""


def cii(
    lines=((150.0, "Coworking seats"),),
    reference="F-2015-07",
    seller="Atelier Test (site)",
    vat=VAT,
    siren="",
    rate=20,
    tax=None,
    currency="EUR",
    note="",
    iban="",
    credit_note=False,
    corrected="",
):
    """A CII invoice of the profile EN 16931; ``lines``: (untaxed amount, name)."""
    untaxed = sum(Decimal(str(amount)) for amount, _name in lines)
    tax = (untaxed * rate / 100).quantize(Decimal("0.01")) if tax is None else Decimal(str(tax))
    category = "S" if rate else "E"
    return CII.format(
        reference=escape(reference),
        type_code="381" if credit_note else "380",
        date="20150702",
        due="20150801",
        note=f"<ram:IncludedNote>{tag('Content', note)}</ram:IncludedNote>" if note else "",
        lines="\n".join(
            CII_LINE.format(
                number=number, name=escape(name), amount=amount, category=category, rate=rate
            )
            for number, (amount, name) in enumerate(lines, start=1)
        ),
        seller=escape(seller),
        siren=siren
        and f'<ram:SpecifiedLegalOrganization><ram:ID schemeID="0002">{siren}</ram:ID>'
        "</ram:SpecifiedLegalOrganization>",
        vat=vat
        and f'<ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">{vat}</ram:ID>'
        "</ram:SpecifiedTaxRegistration>",
        currency=currency,
        bank=iban
        and "<ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>30</ram:TypeCode>"
        f"<ram:PayeePartyCreditorFinancialAccount><ram:IBANID>{iban}</ram:IBANID>"
        "</ram:PayeePartyCreditorFinancialAccount>"
        "</ram:SpecifiedTradeSettlementPaymentMeans>",
        taxes="<ram:ApplicableTradeTax>"
        f"<ram:CalculatedAmount>{tax}</ram:CalculatedAmount><ram:TypeCode>VAT</ram:TypeCode>"
        + ("" if rate else "<ram:ExemptionReason>art. 293 B du CGI</ram:ExemptionReason>")
        + f"<ram:BasisAmount>{untaxed}</ram:BasisAmount>"
        f"<ram:CategoryCode>{category}</ram:CategoryCode>"
        f"<ram:RateApplicablePercent>{rate}</ram:RateApplicablePercent></ram:ApplicableTradeTax>",
        untaxed=untaxed,
        tax=tax,
        total=untaxed + tax,
        corrected=corrected
        and f"<ram:InvoiceReferencedDocument>{tag('IssuerAssignedID', corrected)}"
        "</ram:InvoiceReferencedDocument>",
    ).encode()


def ubl(untaxed, tax, reference="F-2015-07", vat=VAT, seller="Atelier Test (site)", note=""):
    total = Decimal(str(untaxed)) + Decimal(str(tax))
    return UBL.format(**locals()).encode()


def pdf(text="Facture", pages=1):
    """A PDF as an office program makes it: for people to read, nothing else in it."""
    stream = io.BytesIO()
    canvas = Canvas(stream)
    for number in range(pages):
        canvas.drawString(72, 760, f"{text} {number + 1}")
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def photo(kind="JPEG", size=(60, 80)):
    """A bill as a telephone takes it; of one colour, it is small whatever its size."""
    stream = io.BytesIO()
    Image.new("1" if kind == "PNG" else "RGB", size).save(stream, kind)
    return stream.getvalue()


def noise(size=(120, 90)):
    """A photo as cameras take it: drawn again, it is another file each time."""
    stream = io.BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(stream, "JPEG", quality=75)
    return stream.getvalue()


def facturx(**values):
    """A Factur-X invoice: a PDF/A-3 with its XML, checked against the schema of the standard."""
    return generate_from_binary(pdf(), cii(**values), flavor="factur-x", check_xsd=True)


class ReceivedCase(CoworkingCase):
    """The operator of the first space has a VAT number; one seat at 180.00 with tax in June."""

    @classmethod
    def _setup_world(cls):
        super()._setup_world()
        cls.operator = cls.space.operator_id
        cls.operator.write({"vat": VAT, "country_id": cls.env.ref("base.fr").id})
        journal = cls.env["account.journal"].search(
            [("type", "=", "purchase"), ("company_id", "=", cls.company.id)]
        )
        journal.default_account_id = cls.accounts["expense"]
        cls.Files = cls.env["coworking.invoice.file"]
        # Files of the demonstration would be read along.
        cls.Files.search([("state", "=", "waiting")]).state = "refused"

    def _received(self, content, name="facture.pdf", source="upload", **values):
        """Received, then read by the scheduled action."""
        file = self.Files._receive_file(name, content, source=source, **values)
        self._read_files()
        return file

    def _read_files(self):
        with self.enter_registry_test_mode():
            self.env.ref("coworking_incubation.ir_cron_read_invoice_files").method_direct_trigger()

    def assertFile(self, file, state, cause, **values):
        self.assertEqual((file.state, file.cause), (state, cause))
        self.assertTrue(file.message)
        self.assertNotIn("%s", file.message)
        self.assertRecordValues(file, [values])
        self.assertTrue(file.attachment_id.exists())
