package clearing

import (
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/settlement"
	"github.com/tierledger/tierledger/chaincode/world"
)

// Flow is what lies behind settlements, those of financing among them.
type Flow struct{ financing.Flow }

var _ settlement.Agreements = Flow{}

// Ready refuses what financing.Flow does. What is due needs nothing more.
func (f Flow) Ready(w *world.World, s *record.Settlement) error {
	switch s.Purpose {
	case record.PurposeClearing, record.PurposeRecourse, record.PurposeGuarantee, record.PurposeLateInterest, record.PurposeRefund:
		return nil
	default:
		return f.Flow.Ready(w, s)
	}
}

// Settled follows a payment that arrived.
func (f Flow) Settled(w *world.World, s *record.Settlement) error {
	switch s.Purpose {
	case record.PurposeClearing:
		return legSettled(w, s)
	case record.PurposeLateInterest:
		return certificate.PayInterest(w, s.Certificate, s.Amount)
	case record.PurposeOutside:
		return outsideSettled(w, s)
	case record.PurposeRecourse, record.PurposeGuarantee:
		if s.Effect == 0 { // interest beyond fen that were paid: nothing is left of the financing
			return nil
		}
		if err := recoverySettled(w, s); err != nil {
			return err
		}
	default:
	}
	return f.Flow.Settled(w, s)
}

// Ended follows a settlement that came to nothing.
func (f Flow) Ended(w *world.World, s *record.Settlement) error {
	switch s.Purpose {
	case record.PurposeClearing:
		return legEnded(w, s)
	case record.PurposeRecourse, record.PurposeGuarantee:
		if err := recovering(w, s, -s.Amount); err != nil || s.Effect == 0 {
			return err
		}
	default:
	}
	return f.Flow.Ended(w, s)
}

// legSettled follows a leg that was paid: the late interest on its fen is owed, and what
// arrived beyond it is given back.
func legSettled(w *world.World, s *record.Settlement) error {
	if s.Ordered > 0 {
		if err := count(w, s, s.Amount-s.Ordered); err != nil {
			return err
		}
	}
	if s.Financing != "" {
		f, err := financing.Get(w, s.Financing)
		if err != nil {
			return err
		}
		f.ClearedFen += s.Fen
		certificate.PutFinancing(w, f)
		if err := askSeller(w, f); err != nil {
			return err
		}
	}
	if err := oweInterest(w, s); err != nil {
		return err
	}
	if s.Excess == 0 {
		return nil
	}
	w.Notify(record.NoticeOf{
		Kind: record.PaymentExceeded, Subject: s.ID, Members: []string{s.Payer, s.Payee, s.PayerBank, s.PayeeBank}, Amount: s.Excess,
	})
	settlement.Owe(w, &record.Settlement{
		Purpose: record.PurposeRefund, Payer: s.Payee, PayerAccount: s.PayeeAccount, PayerBank: s.PayeeBank,
		Payee: s.Payer, PayeeAccount: s.PayerAccount, PayeeBank: s.PayerBank, Amount: s.Excess, Run: s.Run, Follows: s.ID,
	})
	return nil
}

// askSeller has the seller with recourse, or the borrower, pay what its bank is still
// owed when all fen of a financing are paid: interest at maturity beyond them.
func askSeller(w *world.World, f *record.Financing) error {
	if f.Outstanding > 0 {
		return nil
	}
	owed, all, err := owedTo(f)
	if err != nil || all || owed == 0 {
		return err
	}
	from, err := member.PayeeAccount(w, f.Holder)
	if err != nil {
		return err
	}
	to, err := member.PayeeAccount(w, f.Funder)
	if err != nil {
		return err
	}
	s := &record.Settlement{Purpose: record.PurposeRecourse, Financing: f.ID, Payer: f.Holder, Payee: f.Funder, Amount: owed}
	if from != nil {
		s.PayerAccount, s.PayerBank = from.ID, from.Bank
	}
	if to != nil {
		s.PayeeAccount, s.PayeeBank = to.ID, to.Bank
	}
	f.Cleared += owed
	certificate.PutFinancing(w, f)
	settlement.Owe(w, s)
	return nil
}

// oweInterest makes the late interest owed that the fen of a leg bear. It is the
// payee's, but of pledged fen their owner's.
func oweInterest(w *world.World, s *record.Settlement) error {
	if s.LateDays == 0 {
		return nil
	}
	stakes, err := certificate.Stakes(w, s.Legs)
	if err != nil {
		return err
	}
	to := s.Payee
	pledged := s.Pledge != ""
	if s.Financing != "" {
		f, err := financing.Get(w, s.Financing)
		if err != nil {
			return err
		}
		pledged = f.Terms.Kind == record.PledgeLoan
	}
	if pledged {
		to = stakes[0].Owner
	}
	owed, err := owe(w, s.Legs[0].Certificate, s.Fen, int(s.LateDays), interestTo{to, s.PayerAccount, s.PayerBank, s.Run, s.ID})
	if err != nil || owed == nil {
		return err
	}
	s.Then = owed.ID
	settlement.Put(w, s)
	return nil
}

// interestTo says to whom late interest is owed, and from where it is paid.
type interestTo struct {
	creditor     string
	account      string // of the debtor
	bank         string
	run, follows string
}

// owe makes late interest owed on fen of a certificate, unless it comes to nothing.
func owe(w *world.World, number string, fen money.Fen, days int, to interestTo) (*record.Settlement, error) {
	pack, err := rules.Current(w)
	if err != nil {
		return nil, err
	}
	cert, err := certificate.Get(w, number)
	if err != nil {
		return nil, err
	}
	amount, err := certificate.LateInterest(pack, cert.LateRate, fen, days)
	if err != nil || amount == 0 {
		return nil, err
	}
	w.Passed(pack.Ordinal, record.LateInterest)
	account, err := member.PayeeAccount(w, to.creditor)
	if err != nil {
		return nil, err
	}
	s := &record.Settlement{
		Purpose: record.PurposeLateInterest, Payer: cert.Debtor, PayerAccount: to.account, PayerBank: to.bank, Payee: to.creditor,
		Amount: amount, Run: to.run, Follows: to.follows, Certificate: number, LateDays: int32(days),
	}
	if account != nil {
		s.PayeeAccount, s.PayeeBank = account.ID, account.Bank
	}
	settlement.Owe(w, s)
	return s, certificate.Accrue(w, number, amount)
}

// recoverySettled follows a payment by a seller, borrower or guarantor. The late interest
// that fen have borne for their owner until today is owed to it before they pass to who
// paid for them: from today on it is the payer's.
func recoverySettled(w *world.World, s *record.Settlement) error {
	f, err := financing.Get(w, s.Financing)
	if err != nil {
		return err
	}
	f.ClearedFen += s.Fen
	certificate.PutFinancing(w, f)
	if s.Effect != record.EffectMove {
		return nil
	}
	return oweUntil(w, s.Legs, w.Today(), s.Payee, s.ID)
}

// outsideSettled follows a payment outside of the ledger: of overdue fen, late interest
// is owed to the day on which the money arrived.
func outsideSettled(w *world.World, s *record.Settlement) error {
	if s.Run == "" {
		return nil
	}
	a, err := world.Load(w, record.AdviceKey(s.AdviceBank, s.AdviceRef), "advice", s.AdviceRef)
	if err != nil {
		return err
	}
	return oweUntil(w, s.Legs, a.Credited.Date(), s.Payee, s.ID)
}

// oweUntil makes the late interest of fen owed to a creditor, and has them bear it anew
// from the day on.
func oweUntil(w *world.World, legs []record.Leg, day calendar.Date, creditor, follows string) error {
	stakes, err := certificate.Stakes(w, legs)
	if err != nil {
		return err
	}
	for i := range stakes {
		s := &stakes[i]
		days := calendar.DaysBetween(s.Accrues, day)
		if days <= 0 {
			continue
		}
		account, err := member.PayeeAccount(w, s.Debtor)
		if err != nil {
			return err
		}
		to := interestTo{creditor: creditor, run: record.RunID(s.Debtor, s.Payment), follows: follows}
		if account != nil {
			to.account, to.bank = account.ID, account.Bank
		}
		if _, err := owe(w, s.Certificate, s.Interval.Amount(), days, to); err != nil {
			return err
		}
		if err := certificate.AccrueFrom(w, s.Certificate, s.Interval, day); err != nil {
			return err
		}
	}
	return nil
}

// legEnded follows a leg that was not paid, or whose money came back. Of one that is
// given up its bank is owed as before. Late interest on fen whose money came back, if it
// is not under way or paid itself, is owed no more.
func legEnded(w *world.World, s *record.Settlement) error {
	if !s.Kept {
		if err := count(w, s, -s.Amount); err != nil {
			return err
		}
	}
	if s.State != record.SettlementReturned {
		return nil
	}
	if s.Financing != "" {
		f, err := financing.Get(w, s.Financing)
		if err != nil {
			return err
		}
		f.ClearedFen -= s.Fen
		certificate.PutFinancing(w, f)
	}
	if s.Then == "" {
		return nil
	}
	late, err := settlement.Get(w, s.Then)
	if err != nil || late.State != record.SettlementAgreed {
		return err
	}
	s.Then = ""
	settlement.Put(w, s)
	if err := settlement.Withdraw(w, Flow{}, late, "the payment came back"); err != nil {
		return err
	}
	return certificate.Accrue(w, late.Certificate, -late.Amount)
}

// recovering adds to what a financing's bank gets by recourse or guarantee, and to what
// its guarantor has paid or is paying.
func recovering(w *world.World, s *record.Settlement, by money.Fen) error {
	f, err := financing.Get(w, s.Financing)
	if err != nil {
		return err
	}
	f.Cleared += by
	if s.Purpose == record.PurposeGuarantee {
		f.Guaranteed += by
	}
	certificate.PutFinancing(w, f)
	return nil
}
