//! Downloads of notes.

use axum::http::header;
use serde_json::json;

use super::{billed, credit, debit};
use crate::harness::{Database, TestApp, User, id_of};

const COLUMNS: &str = "id,number,date,dueDate,customer,customerId,invoiceNumber,invoiceId,reason,grossAmount,cgst,sgst,igst,\
    otherCharges,roundOff,totalAmount,settled,open,currency,voidedAt,voidReason";

/// The rows of a file without its header, in which the columns must be those of notes.
async fn rows(user: &User, uri: &str) -> Vec<String> {
    let answer = user.download(uri).await;
    assert_eq!(answer.status.as_u16(), 200, "{uri}: {}", answer.text);
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
    let mut lines = answer.text.lines().map(str::to_owned);
    assert_eq!(lines.next().as_deref(), Some(COLUMNS));
    lines.collect()
}

#[apply(both_databases)]
async fn each_note_is_a_row_of_the_file_of_its_kind(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("=Badr").await;
    let fields =
        json!({ "number": "+7", "grossAmount": "100", "gstRate": "18", "otherCharges": "10", "date": "2026-11-01" });
    let invoice = billed(&amina, &customer, fields).await;
    let returned = json!({ "grossAmount": "20", "otherCharges": "5", "date": "2026-11-06", "reason": "=1+1" });
    let returned = id_of(&credit(&amina, &invoice, returned).await, "creditNote");
    let void = json!({ "grossAmount": "1", "date": "2026-11-05", "number": "@x" });
    let void = id_of(&credit(&amina, &invoice, void).await, "creditNote");
    amina.void_credit_note(json!({ "id": void, "reason": "-wrong" })).await;
    let more = json!({ "grossAmount": "10", "date": "2026-11-04", "dueDate": "2026-12-24" });
    let more = id_of(&debit(&amina, &invoice, more).await, "debitNote");
    // 100.30 is open of the invoice.
    amina.receipt(&customer, "103", "2026-11-20").await;

    let of_both = format!("'=Badr,{customer},'+7,{invoice}");
    let file = rows(&amina, "/credit-notes.csv").await;
    assert!(
        file[0].starts_with(&format!(
            "{void},'@x,2026-11-05,,{of_both},came back,1.00,0.09,0.09,0.00,0.00,0.00,1.18,0.00,0.00,YEM,2026-11-21T"
        )),
        "{file:?}"
    );
    assert!(file[0].ends_with(",'-wrong"), "{file:?}");
    let expected = format!(
        "{returned},CRN-0001,2026-11-06,,{of_both},'=1+1,20.00,2.25,2.25,0.00,5.00,0.00,29.50,29.50,0.00,YEM,,"
    );
    assert_eq!(file[1..], [expected]);
    let file = rows(&amina, "/debit-notes.csv").await;
    let expected = format!(
        "{more},DBN-0001,2026-11-04,2026-12-24,{of_both},came back,10.00,0.90,0.90,0.00,0.00,0.00,11.80,2.70,9.10,YEM,,"
    );
    assert_eq!(file, [expected]);

    for (filter, credit_notes, debit_notes) in [
        ("from=2026-11-05", 2, 0),
        ("to=2026-11-05", 1, 1),
        ("from=2026-11-05&to=2026-11-05", 1, 0),
        ("currency=USD", 0, 0),
        ("currency=YEM&customerId=", 2, 1),
        (&format!("customerId={customer}"), 2, 1),
    ] {
        assert_eq!(rows(&amina, &format!("/credit-notes.csv?{filter}")).await.len(), credit_notes, "{filter}");
        assert_eq!(rows(&amina, &format!("/debit-notes.csv?{filter}")).await.len(), debit_notes, "{filter}");
    }
}

#[apply(both_databases)]
async fn files_of_notes_are_their_owners_alone_and_what_is_asked_wrongly_is_refused(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let zahra = app.user("zahra").await;
    let customer = amina.customer("Badr").await;
    let invoice = billed(&amina, &customer, json!({ "grossAmount": "100" })).await;
    amina.credit_note(&invoice, "1").await;
    amina.debit_note(&invoice, "1").await;
    let refused = async |user: &User, uri: &str| {
        let answer = user.download(uri).await;
        (answer.status.as_u16(), answer.json()["errors"][0]["extensions"]["code"].as_str().unwrap().to_owned())
    };
    for name in ["credit-notes", "debit-notes"] {
        let uri = format!("/{name}.csv");
        let answer = amina.download(&uri).await;
        let disposition = format!("attachment; filename=\"{name}.csv\"");
        assert_eq!(answer.headers[header::CONTENT_DISPOSITION], disposition.as_str());
        assert_eq!((rows(&amina, &uri).await.len(), rows(&zahra, &uri).await.len()), (1, 0));
        for token in [None, Some(""), Some("x.y.z")] {
            let mut nobody = amina.clone();
            nobody.client.token = token.map(str::to_owned);
            assert_eq!(refused(&nobody, &uri).await, (401, "UNAUTHENTICATED".to_owned()), "{uri} {token:?}");
        }
        for wrong in ["from=2026-02-30", "from=2026-02-02&to=2026-02-01", "currency=usd", "kind=CREDIT", "invoiceId=x"]
        {
            assert_eq!(refused(&amina, &format!("{uri}?{wrong}")).await, (400, "INVALID".to_owned()), "{wrong}");
        }
        for id in [customer.as_str(), "x", "customer_01h455vb4pex5vsknk084sn02q"] {
            let uri = format!("{uri}?customerId={id}");
            assert_eq!(refused(&zahra, &uri).await, (404, "NOT_FOUND".to_owned()), "{uri}");
        }
    }
}
