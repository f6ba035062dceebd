package ledgertest

import (
	"cmp"
	"slices"
	"time"

	"github.com/tierledger/tierledger/chaincode/clearing"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/store"
)

// Mature lets the payment date of a certificate come, ten in the morning, and returns
// the id of its run.
func (l *Ledger) Mature(certificate string) (run string) {
	l.Helper()
	c := Read(l, record.CertificateKey(certificate))
	l.Now = max(l.Now, c.Payment.Start().Add(10*time.Hour))
	l.Block()
	return record.RunID(c.Debtor, c.Payment)
}

// ConfirmFunds has a debtor's bank say that it has money for a run, and lets the blocks
// pass in which it is divided.
func (l *Ledger) ConfirmFunds(bank, run string, amount money.Fen) {
	l.Helper()
	var result clearing.FundsResult
	l.Must(bank+"/maker", "clearing:ConfirmFunds", clearing.ConfirmFundsArgument{Run: run, Account: AccountID, Amount: amount}, &result)
	for range 100 {
		if Read(l, record.RunKey(run)).State != record.RunDividing {
			return
		}
		l.Block()
	}
	l.Fatalf("run %s is still being divided", run)
}

// Legs are the legs of a run, in order of certificate, fen, and time.
func (l *Ledger) Legs(run string) []*record.Settlement {
	l.Helper()
	var list []*record.Settlement
	prefix := record.SettlementsPrefix()
	err := l.Store.Scan(store.State, []byte(prefix), []byte(record.PrefixEnd(prefix)), func(_, data []byte) (bool, error) {
		s := new(record.Settlement)
		err := record.Decode(data, s)
		if s.Run == run && s.Purpose.Leg() {
			list = append(list, s)
		}
		return true, err
	})
	if err != nil {
		l.Fatal(err)
	}
	slices.SortFunc(list, func(a, b *record.Settlement) int {
		return cmp.Or(cmp.Compare(a.Legs[0].Certificate, b.Legs[0].Certificate), interval.Compare(a.Legs[0].Interval, b.Legs[0].Interval),
			cmp.Compare(a.At, b.At))
	})
	return list
}

// ReportOf is a bank's message about a leg as it stands, with a reference made of the
// report and the leg. The bank that has to say it is the second result, empty when the
// leg has no account there.
func (l *Ledger) ReportOf(leg string, says clearing.Report) (in clearing.ReportArgument, bank string) {
	l.Helper()
	s := Read(l, record.SettlementKey(leg))
	in = clearing.ReportArgument{Leg: leg, Says: says, Reference: says.String() + " " + leg}
	bank = s.PayeeBank
	if says == clearing.ReportAccepted || says == clearing.ReportRejected {
		bank = s.PayerBank
	}
	switch says {
	case clearing.ReportAccepted, clearing.ReportPaid:
		in.Amount, in.At = s.Amount, l.Now
		in.Payer, in.PayerAccount, in.Payee, in.PayeeAccount = s.Payer, s.PayerAccount, s.Payee, s.PayeeAccount
	default:
		in.Reason, in.Evidence = says.String(), Fingerprint(in.Reference)
	}
	if bank == "" {
		return in, ""
	}
	return in, l.AliasOf(bank)
}

// Report has the bank concerned report on a leg.
func (l *Ledger) Report(leg string, says clearing.Report) {
	l.Helper()
	in, bank := l.ReportOf(leg, says)
	l.Must(bank+"/maker", "clearing:Report", in)
}

// PayLeg has a leg instructed and paid.
func (l *Ledger) PayLeg(leg string) {
	l.Helper()
	s := Read(l, record.SettlementKey(leg))
	l.Must(l.AliasOf(s.PayerBank)+"/maker", "settlement:Instruct", map[string]any{"id": leg})
	l.Report(leg, clearing.ReportPaid)
}
