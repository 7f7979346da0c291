//! Does what is to happen, in the shop and in the model of it.

use serde_json::json;

use super::{
    Shop, currency, decimal,
    model::{Day, Document, Ledger, What, date},
    notes::Bill,
    operation::Operation,
};
use crate::harness::errors;

impl Shop {
    pub async fn perform(&mut self, operation: &Operation) {
        match operation.clone() {
            Operation::Add { ledger, credit, amount, day } => {
                let input = json!({ "customerId": self.customers[ledger.customer], "amount": decimal(amount),
                    "type": if credit { "CREDIT" } else { "DEBIT" }, "date": date(day), "currency": currency(ledger.dollars) });
                let payload = self.call("addEntry", "entry", input).await;
                self.record(&payload, "entry", ledger, day, amount, What::Entry { credit });
            }
            Operation::Update { place, credit, amount, day, dollars } => {
                self.update(place, credit, amount, day, dollars).await;
            }
            Operation::Invoice { ledger, gross, rate, across, day, due } => {
                let input = json!({ "customerId": self.customers[ledger.customer], "grossAmount": decimal(gross),
                    "gstRate": rate, "interState": across, "date": date(day), "dueDate": date(due),
                    "currency": currency(ledger.dollars) });
                let payload = self.call("createInvoice", "invoice", input).await;
                let bill = Bill::of(gross, rate, across, due);
                self.record(&payload, "invoice", ledger, day, bill.sums.total(), What::Invoice(bill));
            }
            Operation::Receipt { ledger, amount, day, named } => {
                let named: Vec<_> = named.into_iter().filter_map(|place| self.pick_charge(ledger, place)).collect();
                let invoices: Vec<_> = named.iter().map(|place| json!({ "invoiceId": self.ids[*place] })).collect();
                let input = json!({ "customerId": self.customers[ledger.customer], "amount": decimal(amount),
                    "paymentType": "CASH", "date": date(day), "currency": currency(ledger.dollars), "invoices": invoices });
                let payload = self.call("createReceipt", "receipt", input).await;
                match self.model.shares(ledger, amount, &named) {
                    Some(shares) => {
                        self.record(&payload, "receipt", ledger, day, amount, What::Receipt);
                        self.model.name(self.ids.len() - 1, &shares);
                    }
                    None => assert_ne!(errors(&payload), [""; 0]),
                }
            }
            Operation::Opening { ledger, credit, amount, day } => {
                let input = json!({ "customerId": self.customers[ledger.customer], "amount": decimal(amount),
                    "type": if credit { "CREDIT" } else { "DEBIT" }, "date": date(day), "currency": currency(ledger.dollars) });
                let payload = self.call("setOpeningBalance", "entry", input).await;
                let lines = self.model.lines(ledger, Day::MAX);
                if lines.iter().any(|(_, line)| matches!(line.what, What::Opening { .. })) {
                    assert_eq!(errors(&payload), ["TAKEN customerId"]);
                } else {
                    self.record(&payload, "entry", ledger, day, amount, What::Opening { credit });
                }
            }
            Operation::Refund { ledger, amount, day } => self.refund(ledger, amount, day).await,
            Operation::WriteOff { ledger, amount, day, named } => self.write_off(ledger, amount, day, named).await,
            Operation::Allocate { place, named, auto } => self.allocate(place, named, auto).await,
            Operation::Release { place, named, auto } => self.release(place, named, auto).await,
            Operation::CreditNote { place, gross, day } => self.credit(place, gross, day).await,
            Operation::DebitNote { place, gross, day, due } => self.debit(place, gross, (day, due)).await,
            Operation::Delete { place, as_entry } => self.delete(place, as_entry).await,
        }
    }

    async fn delete(&mut self, place: usize, as_entry: bool) {
        let Some(place) = self.pick(place) else { return };
        let voiding = match self.model.documents[place].what {
            What::Invoice(_) => Some(("voidInvoice", "invoice")),
            What::Receipt => Some(("voidReceipt", "receipt")),
            What::CreditNote(_) => Some(("voidCreditNote", "creditNote")),
            What::DebitNote(_) => Some(("voidDebitNote", "debitNote")),
            _ => None,
        };
        let payload = match voiding.filter(|_| !as_entry) {
            Some((mutation, thing)) => {
                let input = json!({ "id": self.ids[place], "reason": "a slip of the pen" });
                self.call(mutation, thing, input).await
            }
            None => self.call("deleteEntry", "entry", json!({ "id": self.entry_id(place) })).await,
        };
        if self.model.can_be_deleted(place) && !(as_entry && voiding.is_some()) {
            assert_eq!(errors(&payload), [""; 0]);
            self.model.delete(place);
        } else {
            assert_eq!(errors(&payload), ["NOT_ALLOWED id"]);
        }
    }

    async fn update(&mut self, place: usize, credit: bool, amount: i64, day: Day, dollars: bool) {
        let Some(place) = self.pick(place) else { return };
        let input = json!({ "id": self.entry_id(place),
            "amount": decimal(amount), "type": if credit { "CREDIT" } else { "DEBIT" }, "date": date(day),
            "currency": currency(dollars) });
        let payload = self.call("updateEntry", "entry", input).await;
        let document = &mut self.model.documents[place];
        if !document.stands || !matches!(document.what, What::Entry { .. }) {
            assert_eq!(errors(&payload), ["NOT_ALLOWED id"]);
            return;
        }
        let ledger = Ledger { dollars, ..document.ledger };
        let changed = Document { ledger, day, amount, what: What::Entry { credit }, stands: true };
        let bound = self.model.named_of(place) + self.model.held_of(place);
        let document = &mut self.model.documents[place];
        let refused = match () {
            () if bound == 0 => None,
            () if changed.what != document.what => Some("NOT_ALLOWED type"),
            () if changed.ledger != document.ledger => Some("NOT_ALLOWED currency"),
            () => (amount < bound).then_some("NOT_ALLOWED amount"),
        };
        assert_eq!(errors(&payload), Vec::from_iter(refused));
        if refused.is_none() {
            *document = changed;
        }
    }

    async fn write_off(&mut self, ledger: Ledger, amount: i64, day: Day, named: Vec<usize>) {
        let named: Vec<_> = named.into_iter().filter_map(|place| self.pick_charge(ledger, place)).collect();
        let charges: Vec<_> = named.iter().map(|place| json!({ "chargeId": self.ids[*place] })).collect();
        let input = json!({ "customerId": self.customers[ledger.customer], "amount": decimal(amount),
            "reason": "gone", "date": date(day), "currency": currency(ledger.dollars), "charges": charges });
        let payload = self.call("writeOff", "entry", input).await;
        let owed = self.model.balance(ledger, Day::MAX) + self.model.unallocated(ledger);
        match self.model.shares(ledger, amount, &named).filter(|_| amount <= owed) {
            Some(shares) => {
                self.record(&payload, "entry", ledger, day, amount, What::WriteOff);
                self.model.name(self.ids.len() - 1, &shares);
            }
            None => assert_ne!(errors(&payload), [""; 0]),
        }
    }

    async fn allocate(&mut self, place: usize, named: Vec<usize>, auto: bool) {
        let Some(place) = self.pick(place) else { return };
        let ledger = self.model.documents[place].ledger;
        let named: Vec<_> = named.into_iter().filter_map(|place| self.pick_charge(ledger, place)).collect();
        let charges: Vec<_> = named.iter().map(|place| json!({ "chargeId": self.ids[*place] })).collect();
        let input = json!({ "paymentId": self.ids[place], "charges": charges, "autoAllocate": auto });
        let payload = self.call("allocate", "payment", input).await;
        let payment = &self.model.documents[place];
        let left = payment.amount - self.model.named_of(place);
        let is_payment = payment.stands && !payment.is_charge() && (auto || !named.is_empty());
        match self.model.shares(ledger, left, &named).filter(|_| is_payment) {
            Some(shares) => {
                assert_eq!(errors(&payload), [""; 0]);
                let sum: i64 = shares.iter().map(|(_, amount)| amount).sum();
                let held = self.model.held_of(place);
                self.model.held.insert(place, if auto { 0 } else { held - held.min(sum) });
                self.model.name(place, &shares);
            }
            None => assert_ne!(errors(&payload), [""; 0]),
        }
    }

    async fn refund(&mut self, ledger: Ledger, amount: i64, day: Day) {
        let input = json!({ "customerId": self.customers[ledger.customer], "amount": decimal(amount), "date": date(day),
            "currency": currency(ledger.dollars) });
        let payload = self.call("refundCustomer", "entry", input).await;
        let left = self.model.unallocated(ledger);
        if amount > left || self.model.let_off(ledger) > 0 {
            assert_eq!(errors(&payload), ["NOT_ALLOWED amount"]);
            return;
        }
        // What is free does not suffice: the rest is of what is held, the oldest first.
        let lines = self.model.lines(ledger, Day::MAX);
        let holding: Vec<_> =
            lines.iter().map(|(place, _)| (*place, self.model.held_of(*place))).filter(|(_, held)| *held > 0).collect();
        let mut needed = amount - (left - holding.iter().map(|(_, held)| held).sum::<i64>());
        self.record(&payload, "entry", ledger, day, amount, What::Refund);
        let refund = self.ids.len() - 1;
        for (payment, held) in holding {
            let taken = held.min(needed);
            if taken > 0 {
                needed -= taken;
                self.model.held.insert(payment, held - taken);
                self.model.name(payment, &[(refund, taken)]);
            }
        }
    }

    async fn release(&mut self, place: usize, named: Option<usize>, auto: bool) {
        let Some(place) = self.pick(place) else { return };
        let (payment, pairs) =
            (&self.model.documents[place], self.model.allocations(self.model.documents[place].ledger));
        let pays: Vec<_> =
            pairs.iter().filter(|((from, _), _)| *from == place).map(|((_, to), amount)| (*to, *amount)).collect();
        let is_payment = payment.stands && !payment.is_charge();
        // One of the charges that it pays; or all of them.
        let one = named.map(|named| if pays.is_empty() { named % self.ids.len() } else { pays[named % pays.len()].0 });
        let mut input = json!({ "paymentId": self.ids[place], "autoAllocate": auto });
        if let Some(one) = one {
            input["charges"] = json!([{ "chargeId": self.ids[one] }]);
        }
        let payload = self.call("release", "payment", input).await;
        if !is_payment || one.is_some() && pays.is_empty() {
            assert_ne!(errors(&payload), [""; 0]);
            return;
        }
        assert_eq!(errors(&payload), [""; 0]);
        for (charge, amount) in pays {
            let is_released = one.is_none_or(|one| one == charge);
            if !is_released {
                if !auto {
                    self.model.named.insert((place, charge), amount);
                }
                continue;
            }
            self.model.named.remove(&(place, charge));
            if !auto {
                *self.model.held.entry(place).or_default() += amount;
            }
        }
    }
}
