//! The words of headers, in many languages.

/// What a column may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Role {
    Date,
    ValueDate,
    Amount,
    /// An amount before fees, which counts when there is no other.
    Gross,
    Debit,
    Credit,
    Flag,
    Fee,
    Description,
    /// A text that says less than a description, such as the type of the transaction.
    Remark,
    Payee,
    Category,
    Currency,
    Balance,
    BalanceBefore,
    BankId,
    Account,
    Status,
    /// Something that is not needed, and looks like something that is: an amount in another currency.
    Other,
}

/// The words of a role: English ones, then those of other languages; without accents, in lower case.
pub(super) const WORDS: &[(Role, &str, &str)] = &[
    (
        Role::Date,
        "date|transaction date|trans date|txn date|tran date|posting date|post date|posted date|posted|posted on|booking date|booked\
         |book date|booking|date posted|date of transaction|completed date|created|created on|created date|time|timestamp\
         |datetime|date time|transaction time|processed date|process date|processing date|entry date|operation date|day|trade date\
         |transaction date time|date and time|accounting date|date completed|finished on|transaction posted",
        "datum|buchungstag|buchungsdatum|buchung|umsatzdatum|belegdatum|buchungszeit|valutadatum buchung|tag|zeitpunkt|boekdatum\
         |transactiedatum|boekingsdatum|datum transactie|uitvoeringsdatum|date operation|date de l operation|date d operation\
         |date de comptabilisation|date comptable|dateop|date de transaction|date transaction|fecha|fecha operacion|fecha de operacion\
         |f operacion|fecha contable|fecha de la operacion|fecha movimiento|fecha y hora|data|data operazione|data contabile\
         |data registrazione|data movimento|data mov|data lancamento|data do movimento|data da operacao|data da transacao\
         |data lanc|data transakcji|data operacji|data ksiegowania|data zaksiegowania|дата|дата операции|дата проводки|дата платежа\
         |дата и время|дата транзакции|дата проведения|дата операціі|tarih|islem tarihi|tarih saat|التاريخ|تاريخ|تاريخ العملية\
         |تاريخ المعاملة|تاريخ الحركة|तारीख|दिनांक|तिथि|लेनदेन तिथि|लेन देन की तारीख|data ir laikas|operacijos data|mokejimo data\
         |bokforingsdag|bokforingsdatum|transaktionsdag|transaktionsdatum|bokfort|reskontradatum|dato|bogforingsdato|bokfort dato\
         |bokforingsdato|kirjauspaiva|paivamaara|maksupaiva|kuupaev|datum provedeni|datum zauctovani|datum transakce|datum splatnosti\
         |konyveles datuma|konyvelesi datum|tranzakcio datuma|data tranzactiei|datum transakcije|ημερομηνια|日期|交易日期|日付|取引日",
    ),
    (
        Role::ValueDate,
        "value date|valued|value dt|val date|interest date|settlement date|effective date|value",
        "valuta|valutadatum|valuta datum|wertstellung|wertstellungsdatum|wertstellungstag|wert|valutastellung|date valeur|date de valeur\
         |dateval|valeur|fecha valor|f valor|fecha de valor|data valuta|data valor|data waluty|дата валютирования|valor|valor tarihi\
         |valutadag|rentedatum|تاريخ القيمة|تاريخ الحق|arvopaiva|valutadato|rentedato|ertekna p|erteknap|मूल्य तिथि|data valutei|vardedag",
    ),
    (
        Role::Amount,
        "amount|transaction amount|amt|value|sum|net|net amount|amount in account currency|billing amount|money|txn amount|tran amt\
         |account amount|amount of transaction|transaction value|total amount|paid amount|settled amount|amount gbp|amount signed",
        "betrag|umsatz|betrag in|netto|wert|summe|buchungsbetrag|bedrag|transactiebedrag|bedrag in|montant|montant de l operation|importe|monto\
         |cantidad|importe operacion|importo|ammontare|importo in|valor|montante|valor da operacao|kwota|kwota operacji|kwota transakcji\
         |kwota w walucie rachunku|wartosc|сумма|сумма операции|сумма платежа|сумма в валюте счета|сума|tutar|islem tutari|miktar|meblag\
         |المبلغ|مبلغ|مبلغ العملية|القيمة|राशि|रकम|लेनदेन राशि|suma|suma eur|operacijos suma|belopp|summa|belob|belop|maara|summa eur|castka\
         |objem|osszeg|tranzakcio osszege|suma tranzactiei|iznos|ποσο|金额|交易金额|金額",
    ),
    (Role::Gross, "gross|gross amount", "brutto|brut|bruto"),
    (
        Role::Debit,
        "debit|debits|debit amount|debit amt|dr|dr amount|withdrawal|withdrawals|withdrawal amt|withdrawal amount|withdrawal amt inr\
         |withdrawal dr|money out|paid out|out|outflow|spent|expense|expenses|charge|charges|amount debit|amount out|payments|payment\
         |amount debited|debited|debit dr|outgoing|purchases|paid|money spent|withdraw|debit value",
        "soll|ausgang|ausgange|depense|belastning|дебит|видаток|видатки|お支払金額|お引出し|出金|出金額|支出|支出金额|借方|取出|belastung|belastungen|ausgabe|ausgaben|lastschrift|debet|af|afschrijving|uitgaven|uit|depenses|cargo|cargos|debe|adeudo\
         |retiros|retiro|egreso|egresos|gasto|gastos|dare|addebito|addebiti|uscite|uscita|debito|debitos|saida|saidas|obciazenia\
         |obciazenie|wydatki|winien|дебет|расход|списание|списано|сумма списания|borc|gider|cikan|cikan tutar|مدين|سحب|خصم|السحوبات\
         |المدين|नामे|निकासी|आहरण|डेबिट|debetas|islaidos|nurasyta|uttag|ut|ut fra konto|ulos|vydaje|terheles|debit eur|debet eur|dugovna|isplata",
    ),
    (
        Role::Credit,
        "credit|credits|credit amount|credit amt|cr|cr amount|deposit|deposits|deposit amt|deposit amount|deposit amt inr|deposit cr\
         |money in|paid in|in|inflow|receipts|received|income|amount credit|amount in|amount credited|credited|credit cr|incoming\
         |money received|credit value",
        "haben|お預り金額|お預入れ|入金|入金額|收入|收入金额|贷方|存入|gutschrift|gutschriften|einnahme|einnahmen|eingang|bij|bijschrijving|inkomsten|kredit|recettes|abono|abonos|haber|ingreso\
         |ingresos|depositos|deposito|avere|accredito|accrediti|entrate|entrata|credito|creditos|entrada|entradas|uznania|uznanie|wplywy\
         |ma|кредит|приход|зачисление|зачислено|поступление|сумма зачисления|alacak|gelir|giren|giren tutar|دائن|ايداع|الايداعات|الدائن\
         |जमा|क्रेडिट|kreditas|pajamos|gauta|insattning|inn pa konto|sisaan|prijmy|jovairas|potrazna|uplata",
    ),
    (
        Role::Flag,
        "debit credit|credit debit|dr cr|cr dr|d c|c d|db cr|cr db|debit or credit|credit or debit|debit credit indicator\
         |credit debit indicator|credit debit flag|cdi|sign|direction|indicator|in out|drcr|crdr|dc|type|transaction type|txn type\
         |debit credit flag|entry type|debit credit type",
        "soll haben|s h|sollhaben|soll haben kennzeichen|vorzeichen|af bij|bij af|afbij|d k|k d|dk|debet credit|debet kredit|sens|signo|segno\
         |debe haber|cargo abono|dare avere|debito credito|tipo|tipo movimento|tipo de movimiento|znak|дебет кредит|приход расход\
         |тип|тип операции|borc alacak|b a|islem yonu|debetas kreditas|نوع العملية|نوع|مدين دائن|प्रकार|debit kredit|typ|d b",
    ),
    (
        Role::Fee,
        "fee|fees|transaction fee|fee amount|commission",
        "gebuhr|gebuhren|entgelt|frais|kosten|comision|commissione|commissioni|taxa|prowizja|комиссия|komisyon|masraf|avgift|komisinis|العمولة",
    ),
    (
        Role::Description,
        "description|details|detail|transaction details|transaction description|narrative|narration|particulars|memo|remarks|remark\
         |transaction remarks|notes|note|text|purpose|message|statement description|original description|payment details\
         |communication|additional information|information|payment reference|booking text|description 1|description 2|transaction\
         |transaction information|narrative 1|narrative 2|transaction narrative|payment purpose|comment|comments|subject",
        "verwendungszweck|betreff|vorgang verwendungszweck|rubrik|avisierungstext|paaiskinimai|beschreibung|bemerkung|buchungsdetails|zahlungsgrund|zahlungsreferenz|umsatztext|omschrijving|mededelingen|mededeling\
         |omschrijving 1|omschrijving 2|omschrijving 3|libelle|libelle operation|libelle de l operation|libelle complementaire|motif\
         |communications|concepto|descripcion|detalle|detalles|movimiento|observaciones|descrizione|causale|dettagli\
         |descrizione operazione|descrizione estesa|descricao|historico|descritivo|descricao do movimento|opis|opis operacji|opis transakcji\
         |tytul|tytulem|tytul operacji|szczegoly|описание|описание операции|назначение платежа|назначение|детали|содержание|призначення\
         |aciklama|islem aciklamasi|detay|البيان|الوصف|بيان|وصف|تفاصيل|التفاصيل|تفاصيل العملية|الشرح|विवरण|वर्णन|लेनदेन विवरण|paskirtis\
         |mokejimo paskirtis|aprasymas|beskrivning|meddelande|tekst|beskrivelse|selite|viesti|selgitus|popis|zprava pro prijemce|poznamka\
         |leiras|kozlemeny|descriere|detalii|opis placanja|περιγραφη|摘要|交易说明|お取引内容|摘要内容",
    ),
    (
        Role::Remark,
        "reference|customer reference|transaction code|code|method|payment type|sub type|type description|channel",
        "buchungstext|vorgang|buchungsart|umsatzart|umsatztyp|art|mutatiesoort|transactietype|code|type mouvement|nature|type operation\
         |operazione|rodzaj operacji|typ operacji|typ transakcji|вид операции|islem tipi|islem|tipo de operacion|transaktionstyp|tipas\
         |typ transakce|tipo transazione|categorie operation|referencia|kundenreferenz|laji|tapahtumalaji|tipo operacao",
    ),
    (
        Role::Payee,
        "payee|merchant|merchant name|counterparty|counterparty name|counter party|name|beneficiary|payer|payee name|vendor|recipient\
         |other party|to from|from to|contact|beneficiary name|paid to|beneficiary or remitter|payer payee|sender recipient|payee payer\
         |beneficiary ordering party|recipient payer|name of counterparty|partner name|shop|store|supplier",
        "empfanger|auftraggeber|auftraggeber empfanger|empfanger auftraggeber|beguenstigter zahlungspflichtiger|begunstigter\
         |begunstigter zahlungspflichtiger|zahlungspflichtiger|name zahlungsbeteiligter|zahlungsbeteiligter|zahlungsempfanger\
         |zahlungsempfanger in|zahlungspflichtige r|zahlungspflichtige|partnername|partner|auftraggeber begunstigter\
         |tegenpartij|naam tegenpartij|naam|naam omschrijving|naam tegenrekening|begunstigde|beneficiaire|tiers|contrepartie|nom|emetteur\
         |beneficiario|ordenante|contraparte|comercio|establecimiento|controparte|ordinante|esercente|beneficiario ordinante|odbiorca\
         |nadawca|nadawca odbiorca|odbiorca nadawca|kontrahent|nazwa kontrahenta|dane kontrahenta|контрагент|получатель|плательщик\
         |отправитель|наименование контрагента|alici|gonderen|karsi taraf|alici gonderen|المستفيد|التاجر|الجهة|प्राप्तकर्ता|आदाता|gavejas\
         |moketojas|moketojas gavejas|gavejas moketojas|mottagare|avsandare|motpart|mottaker|modtager|saaja|saaja maksaja|saaja tai maksaja\
         |protistrana|nazev protiuctu|nazev protistrany|partner neve|beneficiar|saaja nimi|saaja maksja nimi|lojtojas|kedvezmenyezett",
    ),
    (
        Role::Category,
        "category|categories|spending category|budget category|merchant category",
        "kategorie|kategorien|categorie|categoria|kategoria|категория|kategori|الفئة|التصنيف|श्रेणी|kategorija|hauptkategorie|luokka",
    ),
    (
        Role::Currency,
        "currency|ccy|curr|currency code|account currency|transaction currency|cur",
        "valuta|wahrung|waehrung|wkz|munt|muntsoort|devise|monnaie|moneda|divisa|moeda|waluta|валюта|валюта счета|doviz|para birimi\
         |doviz cinsi|العملة|عملة|मुद्रा|valiuta|valuutta|valuuta|mena|deviza|penznem|kontowahrung|waluta rachunku|moneda tranzactiei|货币|通貨",
    ),
    (
        Role::Balance,
        "balance|running balance|runningbalance|account balance|balance after|closing balance|new balance|ledger balance|balance after transaction\
         |running bal|bal|available balance|current balance|balance amount|resulting balance|balance in account currency",
        "saldo|guthaben|kontostand|saldo nach buchung|kontostand nach buchung|saldo na mutatie|saldo na trn|solde|solde apres operation\
         |saldo disponible|saldo contabile|saldo contabilistico|saldo apos movimento|saldo po operacji|saldo po transakcji\
         |saldo rachunku|остаток|баланс|остаток после операции|сальдо|bakiye|kullanilabilir bakiye|son bakiye|kalan bakiye|الرصيد|رصيد\
         |الرصيد بعد|शेष|शेष राशि|बैलेंस|likutis|balansas|bokfort saldo|zustatek|egyenleg|konyvelt egyenleg|sold|stanje|υπολοιπο|余额|残高|差引残高",
    ),
    (
        Role::BalanceBefore,
        "balance before|opening balance|start balance|starting balance|previous balance|balance before transaction",
        "saldo voor mutatie|beginsaldo|startsaldo|saldo vorher|saldo vor buchung|solde avant|saldo anterior|saldo inicial",
    ),
    (
        Role::BankId,
        "id|transaction id|txn id|reference number|ref no|ref|reference no|reference id|fitid|unique id|transaction reference|cheque no\
         |check number|check no|cheque number|chq ref no|chq no|chq ref number|bank reference|number|no|serial|serial no|s no|sr no|sl no\
         |ref no cheque no|ref number|tran id|transaction number|document number|confirmation number|trace number|archive id|order id\
         |transaction no|entry reference",
        "transaktionscode|referenz|referenznummer|kennung|transaktionsnummer|lfd nr|nr|volgnr|volgnummer|transactiereferentie|reference operation\
         |numero|referencia numero|numero de operacion|id transazione|numero operazione|id transakcji|numer transakcji|numer referencyjny\
         |номер операции|номер документа|номер|fis no|dekont no|islem no|referans|referans no|رقم المرجع|المرجع|رقم العملية|संदर्भ संख्या\
         |dokumento nr|iraso nr|operacijos nr|verifikationsnummer|arkistointitunnus|viite|viitenumber|id transakce|cislo transakce",
    ),
    (
        Role::Account,
        "account|account number|account name|account no|own account|account iban|from account|wallet|product",
        "auftragskonto|konto|kontoname|iban auftragskonto|bezeichnung auftragskonto|rekening|rekeningnummer|iban bban|eigen rekening|compte\
         |numero de compte|cuenta|conto|conta|rachunek|numer rachunku|счет|номер счета|hesap|hesap no|الحساب|رقم الحساب|खाता|खाता संख्या|saskaita\
         |saskaitos nr|saskaitos numeris|kontonamn|tili|kliendi konto",
    ),
    (
        Role::Status,
        "status|state|transaction status|payment status|booking status",
        "stato|estado|statut|статус|состояние|стан|durum|islem durumu|الحالة|حالة|حالة العملية|حالة المعاملة|स्थिति|busena|situacao|tila|tilstand|stav|stav platby\
         |stav transakce|stadiu|stare|allapot|statusz|κατασταση|buchungsstatus|umsatzstatus|estado da transacao|estado de la operacion\
         |estado del movimiento|statut operation|stato operazione|status transakcji|status operacji|statusas|staatus|seisund|bokforingsstatus\
         |状态|交易状态|当前状态|狀態|交易狀態|状況|ステータス|取引状況|状態|상태|거래상태|처리상태|สถานะ|trạng thái",
    ),
    (
        Role::Other,
        "original amount|foreign amount|amount in foreign currency|foreign currency|foreign currency amount|original currency|exchange rate\
         |rate|fx rate|local amount|local currency|amount foreign|tax|vat|counterparty account|counter account|iban|bic|swift|sort code\
         |payee account|beneficiary account|account type|account holder|card|card number|card no|card member|cardholder|card holder name|cashback\
         |loyalty|points|reward|original amount currency|target amount|source amount|source currency|target currency|fee currency\
         |amount in original currency|orig amount|credit limit|limit|tax amount|vat amount|original transaction amount|quantity|price",
        "originalbetrag|originalwahrung|ursprungsbetrag|fremdwahrungsbetrag|betrag in fremdwahrung|fremdwahrung|wechselkurs|kurs|umrechnungskurs\
         |betrag ursprung|lastschrift ursprungsbetrag|auslagenersatz rucklastschrift|auslagenersatz|glaubiger id|mandatsreferenz|kontonummer\
         |kontonummer iban|blz|bic swift code|kontonummer blz|mwst|steuer|tegenrekening|tegenrekening iban bban|wisselkoers|oorspr bedrag\
         |originele bedrag|oorspr munt|iban tegenpartij|koers|montant devise|montant en devise|devise origine|taux de change|importe original\
         |importe divisa|tipo de cambio|cambio|importo originale|importo in valuta|kwota w walucie|kwota w walucie transakcji|kurs waluty\
         |numer rachunku kontrahenta|rachunek kontrahenta|kwota oryginalna|waluta transakcji|сумма в валюте операции|сумма операции в валюте\
         |валюта операции|курс|кэшбэк|бонусы|mcc|doviz kuru|kur|orijinal tutar|سعر الصرف|विनिमय दर|kursas|moketojo saskaita|gavejo saskaita\
         |saskaita gavejas|vaxlingskurs|originalbelopp|kontohavare|alkuperainen|castka v mene|kurz|arfolyam|ursprungligt belopp|iban zahlungsbeteiligter",
    ),
    (
        Role::Debit,
        "amount withdrawn|withdrawn",
        "出金金額|お引出金額|引出金額|支払金額|출금액|출금금액|출금|찾으신금액|지급금액|ถอนเงิน|ถอน|pengeluaran|despesa|despesas",
    ),
    (
        Role::Credit,
        "amount deposited|deposited",
        "入金金額|お預入金額|預入金額|입금액|입금금액|입금|맡기신금액|ฝากเงิน|ฝาก|pemasukan|receita|receitas",
    ),
    (Role::Payee, "trading partner", "交易对方|对方户名|对方名称|对方姓名|거래처"),
    (
        Role::Description,
        "item description",
        "商品说明|商品|商品名称|备注|交易备注|附言|用途|적요|거래내용|内容|รายการ|รายละเอียด",
    ),
    (Role::Remark, "payment method", "交易类型|支付方式|收 付款方式"),
    (Role::BankId, "merchant order id", "交易订单号|交易单号|流水号|交易流水号|商家订单号|商户单号"),
    (Role::Status, "current status", "交易状态|当前状态|状态"),
    (Role::Category, "transaction category", "交易分类"),
    (Role::Other, "opposing account", "对方账号|对方账户|对方开户行"),
    (Role::Balance, "balance left", "잔액|거래후잔액|거래 후 잔액|餘額|結餘|คงเหลือ|ยอดคงเหลือ"),
    (
        Role::Flag,
        "money direction|flow",
        "收 支|收支|收付|借贷|借贷标志|区分|入出金区分|구분|거래구분|입출금구분|ประเภท|kierunek|richtung|smer|direzione|direccion|sentido|tur|jenis|النوع\
         |الاتجاه",
    ),
    (
        Role::Account,
        "account nickname|account label|account id|bank account|account code",
        "账号|账户|本方账号|口座|口座番号|계좌|계좌번호|no compte|n compte|n de compte|numero compte|numero de cuenta|numero cuenta|nro cuenta\
         |no de cuenta|numero conto|n conto|numer konta|nr konta|nr rachunku|konto nr|kontonr|kontobezeichnung|rekening nummer|hesap numarasi\
         |hesap adi|اسم الحساب|szamla|szamlaszam|bankszamlaszam|racun|λογαριασμος|เลขที่บัญชี|numar cont|cont",
    ),
];
