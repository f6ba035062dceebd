package credit

import (
	"fmt"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// Reserve sets fen of a debtor's line aside for a certificate that is proposed
// or awaits acceptance.
//
// Refusals, in order: an amount of zero or less (BAD_AMOUNT), an unknown line
// (LINE_UNKNOWN), a line of another debtor (LINE_MISMATCH), a frozen line
// (LINE_FROZEN), a day outside the line's dates (LINE_EXPIRED), too little left
// on the line (LINE_INSUFFICIENT), too little left in its group or in a wider one,
// the narrowest first (GROUP_EXCEEDED).
func Reserve(w *world.World, bank, line, debtor string, amount money.Fen) error {
	l, groups, err := locate(w, bank, line, debtor, amount)
	if err != nil {
		return err
	}
	if l.Frozen {
		return code.LineFrozen.New("line %s of bank %s", line, bank)
	}
	if today := w.Today(); today < l.From || today > l.To {
		return code.LineExpired.New("line %s is valid from %s to %s, today is %s", line, l.From, l.To, today)
	}
	if free := Available(l); amount > free {
		return code.LineInsufficient.New("line %s has %s left, %s is asked", line, free, amount)
	}
	for _, group := range groups {
		if free := AvailableInGroup(group); amount > free {
			return code.GroupExceeded.New("group %s has %s left, %s is asked", group.ID, free, amount)
		}
	}
	l.Reserved += amount
	for _, group := range groups {
		group.Reserved += amount
	}
	save(w, l, groups)
	return nil
}

// Use turns reserved fen into used ones when the certificate is accepted. What
// was reserved can be used although the line was meanwhile frozen, cut or ran
// out: the bank is bound by what it let be reserved. More than is reserved is a
// broken invariant.
//
// Refusals, in order: BAD_AMOUNT, LINE_UNKNOWN, LINE_MISMATCH, as in Reserve.
func Use(w *world.World, bank, line, debtor string, amount money.Fen) error {
	l, groups, err := locate(w, bank, line, debtor, amount)
	if err != nil {
		return err
	}
	l.Reserved = lower("reserved on line "+l.ID, l.Reserved, amount)
	l.Used += amount
	for _, group := range groups {
		group.Reserved = lower("reserved in group "+group.ID, group.Reserved, amount)
		group.Used += amount
	}
	save(w, l, groups)
	return nil
}

// ReleaseReserved gives reserved fen back: the proposal or the certificate ended
// before it was accepted. Its refusals are those of Use.
func ReleaseReserved(w *world.World, bank, line, debtor string, amount money.Fen) error {
	l, groups, err := locate(w, bank, line, debtor, amount)
	if err != nil {
		return err
	}
	l.Reserved = lower("reserved on line "+l.ID, l.Reserved, amount)
	for _, group := range groups {
		group.Reserved = lower("reserved in group "+group.ID, group.Reserved, amount)
	}
	save(w, l, groups)
	return nil
}

// ReleaseUsed gives used fen back: they were paid, or the certificate was voided.
// Its refusals are those of Use.
func ReleaseUsed(w *world.World, bank, line, debtor string, amount money.Fen) error {
	l, groups, err := locate(w, bank, line, debtor, amount)
	if err != nil {
		return err
	}
	l.Used = lower("used on line "+l.ID, l.Used, amount)
	for _, group := range groups {
		group.Used = lower("used in group "+group.ID, group.Used, amount)
	}
	save(w, l, groups)
	return nil
}

// UseAgain takes up fen that were given back: a payment came back, and the debtor owes
// them as before. It can leave the line over its limit. Its refusals are those of Use.
func UseAgain(w *world.World, bank, line, debtor string, amount money.Fen) error {
	l, groups, err := locate(w, bank, line, debtor, amount)
	if err != nil {
		return err
	}
	l.Used += amount
	for _, group := range groups {
		group.Used += amount
	}
	save(w, l, groups)
	return nil
}

// Hold reserves what a proposal asks for (record.HoldLine), with the checks of
// Reserve. The line says whose it is: the rehearsal of the proposed function has
// compared the debtor.
func Hold(w *world.World, hold record.Hold) error {
	line, err := Find(w, hold.Bank, hold.Line)
	if err != nil {
		return err
	}
	return Reserve(w, hold.Bank, hold.Line, line.Debtor, hold.Amount)
}

// ReleaseHold gives back what Hold reserved.
func ReleaseHold(w *world.World, hold record.Hold) error {
	line, err := Find(w, hold.Bank, hold.Line)
	if err != nil {
		return err
	}
	return ReleaseReserved(w, hold.Bank, hold.Line, line.Debtor, hold.Amount)
}

// locate finds a line of the debtor and the groups around it.
func locate(
	w *world.World, bank, line, debtor string, amount money.Fen,
) (*record.Line, []*record.Group, error) {
	if amount <= 0 {
		return nil, nil, code.BadAmount.New("%s of a credit line", amount)
	}
	l, err := Find(w, bank, line)
	if err != nil {
		return nil, nil, err
	}
	if l.Debtor != debtor {
		return nil, nil, code.LineMismatch.New("line %s is %s's, not %s's", line, l.Debtor, debtor)
	}
	groups, err := chain(w, bank, l.Group)
	return l, groups, err
}

func save(w *world.World, line *record.Line, groups []*record.Group) {
	world.Put(w, record.LineKey(line.Bank, line.ID), line)
	for _, group := range groups {
		world.Put(w, record.GroupKey(group.Bank, group.ID), group)
	}
}

// lower takes fen from a sum that must hold them: whoever releases fen reserved
// or used them before.
func lower(what string, sum, amount money.Fen) money.Fen {
	if amount > sum {
		panic(fmt.Sprintf("%s: %s is less than the %s to be taken from it", what, sum, amount))
	}
	return sum - amount
}
