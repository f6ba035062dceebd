package credit

import (
	"fmt"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// GrantArgument creates a line or changes an existing one of the same id.
type GrantArgument struct {
	ID     string        `json:"id"` // chosen by the bank, as member.CheckIdentifier accepts it
	Debtor string        `json:"debtor"`
	Group  string        `json:"group,omitzero" metadata:",optional"` // id of the bank's group, or empty
	Limit  money.Fen     `json:"limit"`
	From   calendar.Date `json:"from"`
	To     calendar.Date `json:"to"` // last day on which the line can be reserved
}

// LineResult is a line after a change.
type LineResult struct {
	Bank      string    `json:"bank"`
	ID        string    `json:"id"`
	Limit     money.Fen `json:"limit"`
	Used      money.Fen `json:"used"`
	Reserved  money.Fen `json:"reserved"`
	Available money.Fen `json:"available"` // 0 when over the limit
	OverLimit bool      `json:"overLimit"`
	Frozen    bool      `json:"frozen"`
}

// Grant creates or changes a credit line of the signing bank. A limit below what
// is taken is allowed: then nothing is available. There is one line per bank,
// debtor and group. A line that changes group takes its sums along.
//
// Refusals, in order: the id (BAD_ARGUMENT), the debtor's code (BAD_NUMBER), the
// limit (BAD_AMOUNT), the dates (BAD_DATE); the signer, who must be a bank's
// maker; an unknown debtor (MEMBER_UNKNOWN) or one without the debtor's role
// (ROLE_MISSING), an unknown group (NOT_FOUND); a line that is another debtor's
// (LINE_MISMATCH), a second line for the debtor in the group (ALREADY_EXISTS);
// sums that do not fit in the new group (GROUP_EXCEEDED).
func Grant(w *world.World, in GrantArgument) (LineResult, error) {
	if err := checkGrant(in); err != nil {
		return LineResult{}, err
	}
	bank, err := member.Require(w, record.Maker, record.Funder)
	if err != nil {
		return LineResult{}, err
	}
	if err := checkDebtor(w, in.Debtor); err != nil {
		return LineResult{}, err
	}
	if in.Group != "" {
		if _, err := world.Load(w, record.GroupKey(bank.ID, in.Group), "group", in.Group); err != nil {
			return LineResult{}, err
		}
	}
	line, err := world.Find(w, record.LineKey(bank.ID, in.ID))
	if err != nil {
		return LineResult{}, err
	}
	if line == nil {
		line = &record.Line{Bank: bank.ID, ID: in.ID, Debtor: in.Debtor, Group: in.Group}
	}
	if line.Debtor != in.Debtor {
		return LineResult{}, code.LineMismatch.New("line %s is %s's, not %s's", in.ID, line.Debtor, in.Debtor)
	}
	if err := takeSlot(w, line, in); err != nil {
		return LineResult{}, err
	}
	if line.Group != in.Group {
		if err := moveSums(w, bank.ID, line.Group, in.Group, line.Reserved, line.Used); err != nil {
			return LineResult{}, err
		}
	}
	line.Group, line.Limit, line.From, line.To = in.Group, in.Limit, in.From, in.To
	return saveLine(w, line), nil
}

func checkGrant(in GrantArgument) error {
	if err := member.CheckIdentifier("line", in.ID); err != nil {
		return err
	}
	if in.Group != "" {
		if err := member.CheckIdentifier("group", in.Group); err != nil {
			return err
		}
	}
	if err := number.CheckSocialCredit(in.Debtor); err != nil {
		return err
	}
	if in.Limit < 0 {
		return code.BadAmount.New("limit %s is below zero", in.Limit)
	}
	if err := in.From.Valid(); err != nil {
		return err
	}
	if err := in.To.Valid(); err != nil {
		return err
	}
	if in.To < in.From {
		return code.BadDate.New("the line would end on %s, before it starts on %s", in.To, in.From)
	}
	return nil
}

// checkDebtor asks for a member that is a debtor. A suspended one may be granted
// a line: it cannot issue until it is resumed.
func checkDebtor(w *world.World, id string) error {
	debtor, err := member.Get(w, id)
	if err != nil {
		return err
	}
	if !debtor.Roles.Has(record.Debtor) {
		return code.RoleMissing.New("member %s is not debtor", id)
	}
	return nil
}

// takeSlot refuses a second line of one bank for one debtor in one group. A line
// that changes group leaves the slot it had.
func takeSlot(w *world.World, line *record.Line, in GrantArgument) error {
	key := record.SlotKey(line.Bank, in.Debtor, in.Group)
	slot, err := world.Find(w, key)
	if err != nil {
		return err
	}
	if slot != nil && slot.Line != in.ID {
		return code.AlreadyExists.New("line %s is already for debtor %s in group %q", slot.Line, in.Debtor, in.Group)
	}
	if line.Group != in.Group {
		world.Delete(w, record.SlotKey(line.Bank, in.Debtor, line.Group))
	}
	if slot == nil {
		world.Put(w, key, &record.Slot{Line: in.ID})
	}
	return nil
}

// LineArgument names one of the signing bank's lines and why it is frozen or
// unfrozen.
type LineArgument struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
}

// FreezeLine stops new reservations on a line of the signing bank. What is
// already reserved or used stays and can still be used and released. Freezing a
// frozen line changes nothing.
//
// Refusals, in order: the id or the reason (BAD_ARGUMENT); the signer, who must
// be a bank's maker; an unknown line (LINE_UNKNOWN).
func FreezeLine(w *world.World, in LineArgument) (LineResult, error) {
	return setFrozen(w, in, true)
}

// UnfreezeLine allows reservations again. Unfreezing a line that is not frozen
// changes nothing. Its refusals are those of FreezeLine.
func UnfreezeLine(w *world.World, in LineArgument) (LineResult, error) {
	return setFrozen(w, in, false)
}

func setFrozen(w *world.World, in LineArgument, frozen bool) (LineResult, error) {
	if err := member.CheckIdentifier("line", in.ID); err != nil {
		return LineResult{}, err
	}
	if err := member.CheckText("reason", in.Reason, member.MaxReason); err != nil {
		return LineResult{}, err
	}
	bank, err := member.Require(w, record.Maker, record.Funder)
	if err != nil {
		return LineResult{}, err
	}
	line, err := Find(w, bank.ID, in.ID)
	if err != nil {
		return LineResult{}, err
	}
	if line.Frozen == frozen {
		return result(line), nil
	}
	line.Frozen = frozen
	return saveLine(w, line), nil
}

// Find returns a bank's line or refuses with LINE_UNKNOWN.
func Find(w *world.World, bank, id string) (*record.Line, error) {
	line, err := world.Find(w, record.LineKey(bank, id))
	if err != nil {
		return nil, fmt.Errorf("find line %s of bank %s: %w", id, bank, err)
	}
	if line == nil {
		return nil, code.LineUnknown.New("bank %s has no line %s", bank, id)
	}
	return line, nil
}

// saveLine writes a line that its bank changed and tells the bank and the debtor.
func saveLine(w *world.World, line *record.Line) LineResult {
	world.Put(w, record.LineKey(line.Bank, line.ID), line)
	w.Notify(record.NoticeOf{
		Kind:    record.LineChanged,
		Subject: line.Bank + "/" + line.ID,
		Members: []string{line.Bank, line.Debtor},
		Amount:  Available(line),
	})
	return result(line)
}

func result(line *record.Line) LineResult {
	return LineResult{
		Bank: line.Bank, ID: line.ID, Limit: line.Limit, Used: line.Used, Reserved: line.Reserved,
		Available: Available(line), OverLimit: OverLimit(line), Frozen: line.Frozen,
	}
}

// Available is what can still be reserved on a line as far as its own limit
// goes: the limit less what is reserved and used, or 0 when that is negative.
// Dates, a freeze and the group's cap may allow less.
func Available(line *record.Line) money.Fen { return left(line.Limit, line.Reserved, line.Used) }

// OverLimit reports whether more is reserved and used than the limit allows,
// which a cut of the limit can bring about.
func OverLimit(line *record.Line) bool { return over(line.Limit, line.Reserved, line.Used) }

// AvailableInGroup is what can still be reserved under a group's own cap, or 0.
func AvailableInGroup(group *record.Group) money.Fen {
	return left(group.Cap, group.Reserved, group.Used)
}

// left never overflows: limits and sums are zero or more, and a sum that would
// not fit was refused when it was taken.
func left(limit, reserved, used money.Fen) money.Fen { return max(0, limit-reserved-used) }

func over(limit, reserved, used money.Fen) bool { return limit-reserved-used < 0 }
