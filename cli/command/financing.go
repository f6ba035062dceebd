package command

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/client"
)

// financing opens a session, with a.open or a.read, and reads a financing.
func (a *app) financing(
	ctx context.Context, open func(context.Context) (*session, error), id string,
) (*session, *client.Financing, error) {
	s, err := open(ctx)
	if err != nil {
		return nil, nil, err
	}
	f, err := s.Financing(ctx, id)
	return s, f, err
}

// writeBargain writes what is about to be agreed with a bank.
func writeBargain(w io.Writer, amount money.Fen, bank string, t record.Terms, c record.Cost, names func(string) string) {
	fields(w, slices.Concat(
		[]string{"bank", names(bank), "amount", yuan(amount)}, termsSaid(t, names), costSaid(c),
	)...)
}

// writeFinancing writes all facts of a financing.
func writeFinancing(w io.Writer, f *client.Financing, names func(string) string) {
	invited := nameAll(f.Invited, names)
	if invited == "" && f.Rate == "" && f.Origin == "" {
		invited = "every bank"
	}
	fields(w, slices.Concat(
		[]string{
			"financing", f.ID, "state", f.State.String(), "holder", names(f.Holder), "account", f.Account,
			"bank", names(f.Funder), "bank's account", f.FunderAccount, "amount", yuan(f.Amount), "debtors", nameAll(f.Debtors, names),
			"invited", invited, "quotes until", when(f.QuotesUntil), "posted rate", f.Rate, "resold out of", f.Origin,
			"outstanding", yuanSaid(f.Outstanding), "under way", f.Live,
		},
		termsSaid(f.Terms, names), costSaid(f.Cost),
		[]string{
			"holder signed", signedSaid(f.HolderSigned, names), "bank signed", signedSaid(f.FunderSigned, names),
			"guarantor signed", signedSaid(f.GuarantorSigned, names), "guarantor's account", f.GuarantorPaid,
			"debtor signed", signedSaid(f.DebtorSigned, names), "debtor's account", f.DebtorPays,
			"awaited", awaited(f, names),
			"requested", when(f.RequestedAt), "agreed", when(f.AgreedAt), "debtors notified", when(f.NoticeAt), "ended", when(f.EndedAt),
			"registry searched", when(f.Searched), "registered as", f.Registered, "to be registered", dutySaid(&f.Financing),
		},
	)...)
	if len(f.Quotes) > 0 {
		fmt.Fprintln(w)
		writeQuotes(w, f.Quotes, names)
	}
	if len(f.Registrations) > 0 {
		fmt.Fprintln(w)
		writeRegistrations(w, f.Registrations)
	}
	if f.Settlement.ID != "" {
		fmt.Fprintln(w)
		writeSettlement(w, &f.Settlement, names)
	}
}

// awaited names who must still sign before the payment is instructed.
func awaited(f *client.Financing, names func(string) string) string {
	if f.State != record.FinancingAgreed {
		return ""
	}
	var list []string
	if f.Terms.Guarantor != "" && f.GuarantorSigned.Member == "" {
		list = append(list, f.Terms.Guarantor)
	}
	if f.Cost.DebtorInterest+f.Cost.DebtorFee > 0 && f.DebtorSigned.Member == "" && len(f.Debtors) > 0 {
		list = append(list, f.Debtors[0])
	}
	return nameAll(list, names)
}

// dutySaid is the entry that the registry must get next.
func dutySaid(f *record.Financing) string {
	if f.Duty == 0 {
		return ""
	}
	return fmt.Sprintf("%s, until %s", f.Duty, f.DutyBy)
}

func writeQuotes(w io.Writer, list []record.Quote, names func(string) string) {
	t := columns("QUOTE OF", "STATE", "EXPIRES", "SIGNED", "SEAL")
	for _, q := range list {
		t.add(names(q.Bank), q.State.String(), q.Expires.String(), when(q.Signed.At), q.Seal.String())
	}
	t.write(w, "no quotes")
}

func writeRegistrations(w io.Writer, list []record.Registration) {
	t := columns(">ENTRY", "KIND", "NUMBER", "ENTERED", "UNTIL", "PROOF", "")
	for _, r := range list {
		remark := ""
		switch {
		case r.Corrected != 0:
			remark = "corrected by entry " + strconv.Itoa(int(r.Corrected))
		case r.Corrects != 0:
			remark = "corrects entry " + strconv.Itoa(int(r.Corrects))
		}
		t.add(strconv.Itoa(int(r.Sequence)), r.Kind.String(), r.Number, r.Entered.String(), dayOf(r.Until), r.Proof.String(), remark)
	}
	t.write(w, "no entries")
}

// writeSettlement writes a payment with the fen it is for.
func writeSettlement(w io.Writer, s *record.Settlement, names func(string) string) {
	side := func(member, account, bank string) string {
		if member == "" {
			return ""
		}
		return fmt.Sprintf("%s, account %s at %s", names(member), account, names(bank))
	}
	lapses := ""
	if s.State.Live() && !s.State.Instructed() {
		lapses = when(s.LapsesAt)
		if s.LapsesAt.IsZero() && s.LeftMillis > 0 {
			lapses = "suspended by an order"
		}
	}
	stale := ""
	if s.State.Instructed() {
		stale = when(s.StaleAt)
	}
	advice := ""
	if s.AdviceRef != "" {
		advice = s.AdviceRef + " of " + names(s.AdviceBank)
	}
	fields(w, "settlement", s.ID, "purpose", s.Purpose.String(), "state", s.State.String(), "financing", s.Financing, "offer", s.Offer,
		"pays", side(s.Payer, s.PayerAccount, s.PayerBank), "is paid", side(s.Payee, s.PayeeAccount, s.PayeeBank),
		"amount", yuanSaid(s.Amount), "for", yuanSaid(s.Fen), "the fen then", s.Effect.String(), "value date", dayOf(s.ValueDate),
		"agreed or asked", when(s.At), "lapses", lapses, "instructed", signedSaid(s.Instruction, names), "stale from", stale,
		"paid out", signedSaid(s.Acceptance, names), "advice", advice, "disputed", when(s.DisputedAt), "dispute", s.Dispute,
		"reason", s.Reason, "evidence", hashSaid(s.Evidence), "ended", when(s.EndedAt))
	if len(s.Legs) == 0 {
		return
	}
	t := columns("CERTIFICATE", ">HOLDING", ">AMOUNT", "FEN")
	for _, leg := range s.Legs {
		t.add(leg.Certificate, strconv.Itoa(int(leg.Holding)), leg.Interval.Amount().Human(), leg.Interval.String())
	}
	t.write(w, "")
}
