//! The words by which files say whether a transaction is booked.

use std::{collections::HashSet, sync::LazyLock};

use super::cell;

/// What banks write beside transactions that are not booked yet, or in the place of their date.
const PENDING: &str = "pending|processing|in progress|in process|authorised|authorized|authorization|authorisation|hold|on hold|scheduled|upcoming\
    |unposted|not posted|not booked|not completed|awaiting|waiting|memo posted|memo post\
    |vorgemerkt|vormerkung|offen|ausstehend|nicht gebucht|in bearbeitung|reserviert|schwebend|in behandeling|gereserveerd|openstaand|in afwachting\
    |en attente|en cours|en cours de traitement|a venir|non comptabilise|pendiente|en proceso|en curso|retenido|retenida|por confirmar\
    |no contabilizado|in attesa|in sospeso|sospeso|non contabilizzato|non contabilizzata|in elaborazione|da contabilizzare|autorizzato\
    |autorizzata|pendente|em processamento|em analise|agendado|agendada|aguardando|por liquidar|oczekujaca|oczekujacy|oczekuje|w toku\
    |w trakcie|w realizacji|blokada|zablokowana|niezaksiegowana|cekajici|ceka na zpracovani|nezauctovano|blokovano|probiha|cakajuca|nezauctovane\
    |fuggoben|fuggo|folyamatban|zarolt|feldolgozas alatt|konyveletlen|in asteptare|in curs|in procesare|in curs de procesare|nedecontat\
    |в обработке|в ожидании|ожидает|ожидание|обрабатывается|не проведено|не проведен|холд|в очереди|очікує|в обробці|обробляється|чака|в изчакване\
    |beklemede|bekliyor|isleniyor|provizyon|provizyonda|onay bekliyor|venter|afventer|reserveret|reservert|ikke bogfort|ikke bokfort\
    |avventer|under behandling|til behandling|vantar|vantande|reserverad|reserverat|preliminar|ej bokford|ej bokfort|kommande\
    |odottaa|kasittelyssa|varaus|katevaraus|avoin|ootel|tootlemisel|broneeritud|vykdoma|vykdomas|rezervuota|laukiama|apstrade|rezervets|gaida\
    |na cekanju|u obradi|rezervirano|rezervacija|v obdelavi|v cakanju|σε εκκρεμοτητα|εκκρεμει|εκκρεμης|σε επεξεργασια|εκκρεμεις\
    |معلق|معلقة|معلقه|قيد الانتظار|قيد المعالجة|قيد التنفيذ|قيد المراجعة|غير مرحل|محجوز|ממתין|ממתינה|בתהליך|बकाया|लंबित|प्रतीक्षारत|प्रक्रिया में|प्रगति में\
    |处理中|處理中|等待付款|待付款|待支付|待处理|待處理|待入账|待入帳|未入账|未入帳|未清算|进行中|進行中|等待确认收货|等待对方收款|待确认收货|已冻结|冻结|审核中\
    |処理中|未確定|保留|保留中|確認中|受付中|予約|取引中|未処理|仮確定|速報|대기|대기중|처리중|진행중|보류|승인대기|미승인|미확정|예정\
    |รอดำเนินการ|กำลังดำเนินการ|รอการอนุมัติ|tertunda|menunggu|diproses|dalam proses|đang xử lý|chờ xử lý|đang chờ|chờ duyệt";
/// What banks write beside transactions that did not happen.
const DENIED: &str = "reverted|declined|failed|cancelled|canceled|rejected|expired|reversed|unsuccessful|blocked|refused|denied|removed|voided|void\
    |returned unpaid|abandoned|error|abgelehnt|storniert|nicht ausgefuhrt|fehlgeschlagen|abgebrochen|geweigerd|geannuleerd|mislukt|afgewezen\
    |refuse|refusee|annule|annulee|rejete|rejetee|echoue|echouee|rechazado|rechazada|cancelado|cancelada|anulado|anulada|fallido|fallida\
    |rifiutato|rifiutata|annullato|annullata|respinto|respinta|fallito|fallita|stornato|recusado|recusada|estornado|estornada|falhou|rejeitado\
    |odrzucona|odrzucony|anulowana|anulowany|odmowa|nieudana|zamitnuto|zruseno|stornovano|zrusene|zamietnute|elutasitva|elutasitott\
    |sikertelen|torolve|torolt|respins|respinsa|anulat|anulata|esuat|отклонено|отклонен|отклонена|отменено|отменен|отменена|отказ|ошибка|неуспешно\
    |відхилено|скасовано|отказана|reddedildi|iptal|iptal edildi|basarisiz|afvist|annulleret|avvist|kansellert|avbrutt|mislykket|fejlet\
    |avvisad|nekad|avbruten|makulerad|misslyckad|misslyckades|hylatty|peruttu|peruutettu|epaonnistui|tagasi lukatud|atmesta|atmestas|atsaukta\
    |odbijeno|otkazano|stornirano|απορριφθηκε|ακυρωθηκε|ακυρωμενη|απετυχε|αποτυχημενη|مرفوض|مرفوضة|مرفوضه|ملغي|ملغاة|ملغى|ملغية|فاشلة|فشلت|فشل\
    |असफल|विफल|अस्वीकृत|रद्द|交易关闭|交易關閉|已关闭|已關閉|交易失败|失败|失敗|已取消|已撤销|已撤銷|取消|支付失败|转账失败|已拒绝|拒绝|キャンセル|取消済|無効|エラー|却下|不成立\
    |취소|거절|실패|반려|승인취소|ยกเลิก|ล้มเหลว|ไม่สำเร็จ|gagal|dibatalkan|ditolak|thất bại|đã hủy|từ chối";
/// What banks write beside transactions that are booked.
const BOOKED: &str = "completed|complete|booked|posted|ok|okay|success|successful|succeeded|cleared|settled|done|paid|paid out|approved|processed|executed\
    |accepted|confirmed|reconciled|unreconciled|finished|final|sent|received|delivered|deposited|credited|debited|captured|closed|active|valid\
    |not failed|not pending|gebucht|verbucht|erledigt|abgeschlossen|ausgefuhrt|umsatz gebucht|bezahlt|bestatigt|erfolgreich|durchgefuhrt|verarbeitet\
    |voltooid|verwerkt|geboekt|uitgevoerd|betaald|geslaagd|afgerond|termine|terminee|effectue|effectuee|comptabilise|comptabilisee|execute|executee\
    |valide|validee|reussi|reussie|paye|payee|traite|traitee|reglee|completado|completada|realizado|realizada|contabilizado|contabilizada|ejecutado\
    |ejecutada|aprobado|aprobada|liquidado|liquidada|confirmado|confirmada|procesado|procesada|pagado|pagada|exitosa|exitoso|finalizado|aplicado\
    |concluido|concluida|efetuado|efetuada|efectuado|efectuada|pago|paga|aprovado|aprovada|processado|processada|executado|autorizado e pago\
    |contabilizzato|contabilizzata|completato|completata|eseguito|eseguita|confermato|confermata|effettuato|effettuata|pagato|addebitato|accreditato\
    |conclusa|concluso|zrealizowana|zrealizowany|zrealizowane|zaksiegowana|zaksiegowany|zaksiegowane|rozliczona|rozliczone|wykonana|wykonany|wykonane\
    |zakonczona|zakonczone|zatwierdzona|zauctovano|zauctovana|provedeno|provedena|zpracovano|dokonceno|zaplaceno|realizovano|zauctovane|vykonane\
    |spracovane|konyvelt|konyvelve|teljesult|teljesitve|sikeres|lezart|feldolgozott|kesz|finalizat|finalizata|procesat|procesata|efectuat|decontat\
    |executat|aprobat|исполнен|исполнено|исполнена|проведено|проведен|проведена|выполнено|выполнен|выполнена|успешно|обработано|обработан|завершено\
    |завершен|завершена|оплачено|подтверждено|подтвержден|виконано|проведено|успішно|завершено|изпълнена|осчетоводена|tamamlandi|gerceklesti\
    |gerceklestirildi|onaylandi|basarili|islendi|odendi|sonuclandi|udfort|bogfort|gennemfort|afsluttet|betalt|behandlet|godkendt|utfort|bokfort|fullfort\
    |bekreftet|godkjent|gjennomfort|genomford|bokford|klar|betald|slutford|utford|kirjattu|toteutunut|suoritettu|valmis|maksettu|hyvaksytty|teostatud\
    |taidetud|ivykdyta|ivykdytas|uzbaigta|atlikta|izpildits|apstiprinats|izvrseno|provedeno|knjizeno|zavrseno|izvrsena|izvedeno|ολοκληρωθηκε\
    |ολοκληρωμενη|εκτελεστηκε|εγκριθηκε|επιτυχης|επιτυχια|مكتمل|مكتملة|مكتمله|تم|تمت|ناجح|ناجحة|ناجحه|منفذ|منفذة|مقبول|مقبولة|مرحل|مسوى|معتمد|معتمدة|منجز|منجزة\
    |הושלם|בוצע|सफल|पूर्ण|पूरा|पूरा हुआ|交易成功|成功|已完成|完成|支付成功|已支付|已付款|已存入零钱|已收钱|对方已收钱|朋友已收钱|充值完成|提现已到账|还款成功|已转账|已入账|已入帳|入账|已记账|记账成功\
    |已到账|退款成功|已全额退款|转账成功|正常|完了|確定|済|処理済|処理済み|入金済|支払済|決済完了|確定済|완료|승인|성공|정상|처리완료|확정|결제완료|สำเร็จ|เสร็จสิ้น\
    |berhasil|sukses|selesai|thành công|hoàn thành|hoàn tất|đã thanh toán";

static PENDING_WORDS: LazyLock<Vec<String>> = LazyLock::new(|| folded(PENDING).collect());
static DENIED_WORDS: LazyLock<Vec<String>> = LazyLock::new(|| folded(DENIED).collect());
static BOOKED_WORDS: LazyLock<HashSet<String>> = LazyLock::new(|| folded(BOOKED).collect());

fn folded(list: &'static str) -> impl Iterator<Item = String> {
    list.split('|').map(cell::folded)
}

/// Whether a text says nothing but that a transaction is not booked yet.
#[must_use]
pub fn is_pending(text: &str) -> bool {
    PENDING_WORDS.contains(&cell::folded(text))
}

/// Whether a text has words that say that a transaction did not happen, or not yet: `Umsatz vorgemerkt`.
#[must_use]
pub fn is_not_booked(text: &str) -> bool {
    let folded = cell::folded(text);
    has_any(&folded, &PENDING_WORDS) || has_any(&folded, &DENIED_WORDS)
}

/// Whether a text says nothing but that a transaction is booked: `Completed`, `Payment sent`.
#[must_use]
pub fn is_booked(text: &str) -> bool {
    const NOUNS: [&str; 8] =
        ["payment", "transfer", "transaction", "deposit", "withdrawal", "refund", "umsatz", "zahlung"];
    let folded = cell::folded(text);
    let state = folded.split_once(' ').filter(|(noun, _)| NOUNS.contains(noun)).map(|(_, state)| state);
    BOOKED_WORDS.contains(state.unwrap_or(&folded))
}

/// Whether a text has one of the phrases as words of its own.
#[must_use]
pub fn has_any(folded: &str, phrases: &[impl AsRef<str>]) -> bool {
    // `Not failed` and `nicht storniert` did happen.
    const NOT: [&str; 4] = ["not", "nicht", "no", "non"];
    phrases.iter().map(AsRef::as_ref).any(|phrase: &str| {
        folded.match_indices(phrase).any(|(at, _)| {
            let (before, after) = (folded.get(..at).unwrap_or_default(), folded.get(at + phrase.len()..));
            let is_word = before.is_empty() || before.ends_with(' ');
            let is_whole = after.is_none_or(|after| after.is_empty() || after.starts_with(' '));
            is_word && is_whole && !before.trim_end().rsplit(' ').next().is_some_and(|word| NOT.contains(&word))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{is_booked, is_not_booked, is_pending};

    #[test]
    fn words_of_a_status_are_known_in_many_languages() {
        for text in [
            "Venter",
            "Väntar",
            "Reserveret",
            "Reserverat",
            "In sospeso",
            "In attesa",
            "Non contabilizzato",
            "معلقة",
            "قيد الانتظار",
            "处理中",
            "処理中",
            "대기",
            "Em processamento",
            "In behandeling",
            "Čeká na zpracování",
            "Függőben",
            "В обработке",
            "Σε εκκρεμότητα",
            "लंबित",
            "รอดำเนินการ",
            "Đang xử lý",
        ] {
            assert!(is_pending(text) && is_not_booked(text) && !is_booked(text), "{text}");
        }
        for text in ["Declined", "交易关闭", "Refusé", "İptal edildi", "Payment failed", "ملغاة"] {
            assert!(is_not_booked(text) && !is_booked(text), "{text}");
        }
        for text in ["OK", "Udført", "Completed", "Exécuté", "已存入零钱", "Проведено", "تم", "Zaúčtováno"]
        {
            assert!(is_booked(text) && !is_not_booked(text), "{text}");
        }
        assert!(!is_not_booked("Not failed") && !is_booked("Frozen") && !is_not_booked("Frozen"));
    }
}
