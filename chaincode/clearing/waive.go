package clearing

import (
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/settlement"
	"github.com/tierledger/tierledger/chaincode/world"
)

// WaiveArgument gives up late interest of the actor's own: of fen that are still owed,
// until today, or of a settlement of late interest.
type WaiveArgument struct {
	Certificate string              `json:"certificate,omitzero" metadata:",optional"`
	Interval    interval.Interval   `json:"interval,omitzero" metadata:",optional"` // in one holding
	Settlement  string              `json:"settlement,omitzero" metadata:",optional"`
	Reason      record.WaiverReason `json:"reason"`
}

// WaiverArgument names a waiver.
type WaiverArgument struct {
	ID string `json:"id"`
}

// WaiverResult is a waiver and what it comes to.
type WaiverResult struct {
	ID      string    `json:"id"`
	Amount  money.Fen `json:"amount"`
	Pledgee string    `json:"pledgee,omitzero" metadata:",optional"` // whose consent it waits for
}

// Waive gives up late interest. Each creditor waives only its own, by its own maker and
// checker and with a reason; of pledged fen the pledgee has to consent.
//
// Refusals, in order: form (BAD_ARGUMENT, BAD_NUMBER, BAD_INTERVAL); NOT_SUBMITTABLE
// without a checker; the actor is a maker of a holder or bank (ROLE_MISSING); NOT_FOUND;
// of fen CERTIFICATE_STATE, NOT_OVERDUE, REDEEMED, HOLDING_LOCKED, HOLDING_CHANGED,
// NOT_OWNER, rule SPLIT-LIMIT; of a settlement NOT_AUTHORISED, SETTLEMENT_STATE once it is instructed;
// WAIVER_INVALID when nothing has accrued.
func Waive(w *world.World, a settlement.Agreements, in WaiveArgument) (WaiverResult, error) {
	if err := in.form(); err != nil {
		return WaiverResult{}, err
	}
	if err := member.RequireQuorum(w, record.QuorumChecker); err != nil {
		return WaiverResult{}, err
	}
	by, err := member.Require(w, record.Maker, record.Holder|record.Funder)
	if err != nil {
		return WaiverResult{}, err
	}
	v := &record.Waiver{ID: w.NewID(), Creditor: by.ID, Reason: in.Reason, Signed: member.Signed(w)}
	if in.Settlement != "" {
		return waiveOwed(w, a, v, in.Settlement)
	}
	found, err := certificate.OverdueFen(w, in.Certificate, in.Interval)
	if err != nil {
		return WaiverResult{}, err
	}
	o := &found[0]
	switch {
	case len(found) > 1:
		return WaiverResult{}, code.HoldingChanged.New("fen %s of certificate %s are in %d holdings", in.Interval, in.Certificate, len(found))
	case o.Owner != by.ID:
		return WaiverResult{}, code.NotOwner.New("fen %s of certificate %s are not with %s", in.Interval, in.Certificate, by.ID)
	}
	if err := certificate.CheckCut(w, o.Leg); err != nil {
		return WaiverResult{}, err
	}
	v.Certificate, v.Debtor, v.Fen, v.Holding, v.Interval = in.Certificate, o.Debtor, in.Interval.Amount(), o.Holding, in.Interval
	if len(o.Pledges) > 0 {
		v.Pledgee = o.Pledges[0].Counterpart
	}
	if v.Amount, err = accrued(w, o, w.Today()); err != nil {
		return WaiverResult{}, err
	}
	if v.Pledgee == "" {
		return waiveFen(w, v)
	}
	world.Put(w, record.WaiverKey(v.ID), v)
	w.Notify(record.NoticeOf{
		Kind: record.InterestWaived, Subject: v.ID, Members: []string{by.ID, v.Pledgee}, Amount: v.Amount, Opens: []string{v.Pledgee},
	})
	return WaiverResult{v.ID, v.Amount, v.Pledgee}, nil
}

func (in *WaiveArgument) form() error {
	if in.Reason < record.WaiverGoodwill || in.Reason > record.WaiverTrifle {
		return code.BadArgument.New("a waiver has a reason")
	}
	if in.Settlement != "" {
		if in.Certificate != "" || !in.Interval.IsZero() {
			return code.BadArgument.New("a waiver names fen of a certificate or a settlement, one of them")
		}
		return member.CheckIdentifier("settlement", in.Settlement)
	}
	if _, err := number.ParseCertificate(in.Certificate); err != nil {
		return err
	}
	if !in.Interval.WellFormed() {
		return code.BadInterval.New("fen %s", in.Interval)
	}
	return nil
}

// accrued is the late interest that open fen bear until a day: WAIVER_INVALID for none.
func accrued(w *world.World, o *certificate.Overdue, until calendar.Date) (money.Fen, error) {
	pack, err := rules.Current(w)
	if err != nil {
		return 0, err
	}
	days := calendar.DaysBetween(o.Accrues, until)
	amount, err := certificate.LateInterest(pack, o.LateRate, o.Interval.Amount(), days)
	if err == nil && amount == 0 {
		err = code.WaiverInvalid.New("fen %s of certificate %s, for %d days", o.Interval, o.Certificate, max(0, days))
	}
	return amount, err
}

// waiveFen gives up what fen have borne until its creditor signed: they bear late interest
// from that day on only.
func waiveFen(w *world.World, v *record.Waiver) (WaiverResult, error) {
	if err := certificate.AccrueFrom(w, v.Certificate, v.Interval, v.Signed.At.Date()); err != nil {
		return WaiverResult{}, err
	}
	if err := certificate.Accrue(w, v.Certificate, v.Amount); err != nil {
		return WaiverResult{}, err
	}
	return waived(w, v)
}

// waived records what was given up.
func waived(w *world.World, v *record.Waiver) (WaiverResult, error) {
	v.At = w.Now()
	world.Put(w, record.WaiverKey(v.ID), v)
	w.Notify(record.NoticeOf{
		Kind: record.InterestWaived, Subject: v.ID, Members: with([]string{v.Creditor, v.Debtor}, v.Pledgee), Amount: v.Amount,
		Closes: with(nil, v.Pledgee),
	})
	return WaiverResult{ID: v.ID, Amount: v.Amount}, certificate.WaiveInterest(w, v.Certificate, v.Amount)
}

// waiveOwed gives up interest that is owed already and was not instructed.
func waiveOwed(w *world.World, a settlement.Agreements, v *record.Waiver, id string) (WaiverResult, error) {
	s, err := settlement.Get(w, id)
	if err != nil {
		return WaiverResult{}, err
	}
	switch {
	case s.Payee != v.Creditor:
		return WaiverResult{}, code.NotAuthorised.New("settlement %s is owed to %s", s.ID, s.Payee)
	case s.Purpose != record.PurposeLateInterest || s.State != record.SettlementAgreed:
		return WaiverResult{}, code.SettlementState.New("settlement %s of purpose %s is %s", s.ID, s.Purpose, s.State)
	}
	v.Certificate, v.Debtor, v.Amount, v.Settlement = s.Certificate, s.Payer, s.Amount, s.ID
	if err := settlement.Withdraw(w, a, s, "waived: "+v.Reason.String()); err != nil {
		return WaiverResult{}, err
	}
	return waived(w, v)
}

// ConsentToWaiver is a pledgee's word that late interest on fen pledged to it may be given
// up: what they have borne until the day on which their owner signed.
//
// Refusals, in order: BAD_ARGUMENT; the actor is a bank's or guarantor's maker
// (ROLE_MISSING); NOT_FOUND; NOT_AUTHORISED for another pledgee's; ALREADY_EXISTS once it
// took effect; those of Waive for the fen; NOT_OWNER when they are with another meanwhile,
// or pledged to another; WAIVER_INVALID when the interest is owed or waived already.
func ConsentToWaiver(w *world.World, in WaiverArgument) (WaiverResult, error) {
	if err := member.CheckIdentifier("waiver", in.ID); err != nil {
		return WaiverResult{}, err
	}
	by, err := member.Require(w, record.Maker, record.Funder|record.Guarantor)
	if err != nil {
		return WaiverResult{}, err
	}
	v, err := world.Load(w, record.WaiverKey(in.ID), "waiver", in.ID)
	if err != nil {
		return WaiverResult{}, err
	}
	switch {
	case v.Pledgee != by.ID:
		return WaiverResult{}, code.NotAuthorised.New("waiver %s needs no consent of %s", v.ID, by.ID)
	case v.At != 0:
		return WaiverResult{}, code.AlreadyExists.New("waiver %s took effect at %s", v.ID, v.At)
	}
	found, err := certificate.OverdueFen(w, v.Certificate, v.Interval)
	if err != nil {
		return WaiverResult{}, err
	}
	o := &found[0]
	if len(found) != 1 || o.Owner != v.Creditor || len(o.Pledges) > 0 && o.Pledges[0].Counterpart != v.Pledgee {
		return WaiverResult{}, code.NotOwner.New("fen %s of certificate %s are not with %s, pledged to %s, any more",
			v.Interval, v.Certificate, v.Creditor, v.Pledgee)
	}
	if v.Amount, err = accrued(w, o, v.Signed.At.Date()); err != nil {
		return WaiverResult{}, err
	}
	v.Consent = member.Signed(w)
	return waiveFen(w, v)
}
