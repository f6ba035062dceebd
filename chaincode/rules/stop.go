package rules

import (
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// StopArgument is a bank's attestation about a debtor, for example that it is on
// the bill exchange's list of overdue acceptors.
type StopArgument struct {
	Debtor   string        `json:"debtor"`
	Reason   string        `json:"reason"`
	Document record.Digest `json:"document"` // hash of what the bank saw
}

// StopResult says whether the debtor is stopped now.
type StopResult struct {
	Debtor  string `json:"debtor"`
	Stopped bool   `json:"stopped"`
}

func (in *StopArgument) form() error {
	if err := number.CheckSocialCredit(in.Debtor); err != nil {
		return err
	}
	if in.Document.IsZero() {
		return code.BadArgument.New("an attestation names its document")
	}
	return member.CheckText("reason", in.Reason, member.MaxReason)
}

// StopDebtor attests that a debtor may not issue (DEFAULT-STOP). A reviewer of a
// bank signs. Stopped already: ALREADY_EXISTS.
func StopDebtor(w *world.World, in StopArgument) (StopResult, error) {
	stop, err := attested(w, in)
	if err != nil {
		return StopResult{}, err
	}
	if stop != nil && stop.Lifted == 0 {
		return StopResult{}, code.AlreadyExists.New("debtor %s is stopped since %s", in.Debtor, stop.Since)
	}
	return attest(w, &record.Stop{
		Debtor: in.Debtor, Bank: w.Actor().Member, Reason: in.Reason, Document: in.Document, Since: w.Now(),
	}), nil
}

// LiftStop attests that the reason has ended. A reviewer of the bank that
// attested it signs; of any bank, once that bank is suspended. Not stopped:
// NOT_FOUND; another bank: NOT_AUTHORISED.
func LiftStop(w *world.World, in StopArgument) (StopResult, error) {
	stop, err := attested(w, in)
	if err != nil {
		return StopResult{}, err
	}
	if stop == nil || stop.Lifted != 0 {
		return StopResult{}, code.NotFound.New("a stop of debtor %s", in.Debtor)
	}
	if stop.Bank != w.Actor().Member {
		bank, err := member.Get(w, stop.Bank)
		if err != nil {
			return StopResult{}, err
		}
		if bank.State == record.MemberActive {
			return StopResult{}, code.NotAuthorised.New("bank %s attested the stop", stop.Bank)
		}
	}
	stop.Lifted = w.Now()
	return attest(w, stop), nil
}

// attested checks form, signer and debtor, and finds the debtor's last stop.
func attested(w *world.World, in StopArgument) (*record.Stop, error) {
	if err := in.form(); err != nil {
		return nil, err
	}
	if _, err := member.Require(w, record.Reviewer, record.Funder); err != nil {
		return nil, err
	}
	if _, err := member.Get(w, in.Debtor); err != nil {
		return nil, err
	}
	return world.Find(w, record.StopKey(in.Debtor))
}

func attest(w *world.World, s *record.Stop) StopResult {
	world.Put(w, record.StopKey(s.Debtor), s)
	w.Notify(record.NoticeOf{Kind: record.DebtorStopChanged, Subject: s.Debtor, Members: []string{s.Debtor, w.Actor().Member}})
	return StopResult{Debtor: s.Debtor, Stopped: s.Lifted == 0}
}
