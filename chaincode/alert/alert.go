// Package alert keeps what people say to alerts. An alert follows from the ledger's
// facts and is derived, the same on every node, by ledger/report; the contract stores
// no alert and raises none. It keeps the answers, in order, each signed: that the
// facts are explained, or that an institution has looked into them and is done.
//
// An alert is named by its id, a digest over its rule, its subject and its facts. The
// contract cannot tell whether an id is that of an alert; an answer to none is seen
// by nobody.
package alert

import (
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// MaxAnswers is how many answers one alert can have.
const MaxAnswers = 100

// AnswerArgument is an answer to an alert.
type AnswerArgument struct {
	Alert  record.Digest     `json:"alert"`  // its id
	State  record.AlertState `json:"state"`  // explained or closed
	Reason string            `json:"reason"` // for the record
}

// AnswerResult is the answer as it was kept.
type AnswerResult struct {
	Alert  record.Digest     `json:"alert"`
	Number uint32            `json:"number"` // of the answer, from 1
	State  record.AlertState `json:"state"`
}

// Answer keeps an answer to an alert. Any member explains; only an institution, which
// is a bank, an operator or an auditor, closes. After that there are no more answers.
//
// Refusals, in order: no id, a state that is no answer, no reason (BAD_ARGUMENT); the
// actor is a maker (ROLE_MISSING), to close of an institution (ROLE_MISSING);
// ALERT_STATE when the alert was closed; LIMIT_EXCEEDED beyond MaxAnswers, except for
// the answer that closes.
func Answer(w *world.World, in AnswerArgument) (AnswerResult, error) {
	if err := in.form(); err != nil {
		return AnswerResult{}, err
	}
	roles := record.Roles(0)
	if in.State == record.AlertClosed {
		roles = member.Institutions
	}
	by, err := member.Require(w, record.Maker, roles)
	if err != nil {
		return AnswerResult{}, err
	}
	last, err := lastAnswer(w, in.Alert)
	if err != nil {
		return AnswerResult{}, err
	}
	if last.State == record.AlertClosed {
		return AnswerResult{}, code.AlertState.New("alert %s was closed by %s at %s", in.Alert, last.Signed.Member, last.Signed.At)
	}
	if last.Number >= MaxAnswers && in.State != record.AlertClosed {
		return AnswerResult{}, code.LimitExceeded.New("alert %s has %d answers", in.Alert, last.Number)
	}
	answer := &record.AlertAnswer{
		Alert: in.Alert, Number: last.Number + 1, State: in.State, Reason: in.Reason, Signed: member.Signed(w),
	}
	world.Put(w, record.AlertKey(answer.Alert, answer.Number), answer)
	w.Notify(record.NoticeOf{Kind: record.AlertAnswered, Subject: answer.Alert.String(), Members: []string{by.ID}})
	return AnswerResult{answer.Alert, answer.Number, answer.State}, nil
}

func (in *AnswerArgument) form() error {
	if in.Alert.IsZero() {
		return code.BadArgument.New("no alert is named")
	}
	if in.State != record.AlertExplained && in.State != record.AlertClosed {
		return code.BadArgument.New("an alert is explained or closed, not %q", in.State)
	}
	return member.CheckText("the reason", in.Reason, member.MaxReason)
}

// lastAnswer is the latest answer to an alert, zero when there is none.
func lastAnswer(w *world.World, id record.Digest) (last record.AlertAnswer, err error) {
	prefix := record.AlertsPrefix(id)
	err = world.Scan(w, prefix, record.PrefixEnd(prefix), func(_ string, a *record.AlertAnswer) (bool, error) {
		last = *a
		return true, nil
	})
	return last, err
}
