package credit

import (
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// LimitArgument sets or lifts the signing bank's limit on a debtor or a supplier.
type LimitArgument struct {
	Of     record.LimitKind `json:"of"`
	Member string           `json:"member"`
	Group  string           `json:"group,omitzero" metadata:",optional"` // id of the bank's group, or empty
	Cap    money.Fen        `json:"cap,omitzero" metadata:",optional"`
	Lift   bool             `json:"lift,omitzero" metadata:",optional"` // no cap from now on; what is taken is still counted
}

// LimitResult is a limit after a change.
type LimitResult struct {
	Of        record.LimitKind `json:"of"`
	Member    string           `json:"member"`
	Capped    bool             `json:"capped"`
	Cap       money.Fen        `json:"cap"`
	Used      money.Fen        `json:"used"`
	Reserved  money.Fen        `json:"reserved"`
	Available money.Fen        `json:"available"` // 0 when over the cap, and when there is none
	OverLimit bool             `json:"overLimit"`
}

// SetLimit sets how much the signing bank finances of one debtor's fen, or for
// one supplier. A quote or a taken rate reserves it, what is disbursed uses it,
// and what is redeemed, resold or bought back gives it back. A cap below what is
// taken is allowed: then nothing is available. A limit that changes group takes
// its sums along.
//
// Refusals, in order: form (BAD_ARGUMENT, BAD_NUMBER, BAD_AMOUNT); the signer, who
// must be a bank's maker; MEMBER_UNKNOWN, ROLE_MISSING when the member is no debtor,
// or neither holder nor bank; NOT_FOUND for the group; GROUP_EXCEEDED.
func SetLimit(w *world.World, in LimitArgument) (LimitResult, error) {
	if err := checkLimit(in); err != nil {
		return LimitResult{}, err
	}
	bank, err := member.Require(w, record.Maker, record.Funder)
	if err != nil {
		return LimitResult{}, err
	}
	m, err := member.Get(w, in.Member)
	if err != nil {
		return LimitResult{}, err
	}
	role := record.Debtor
	if in.Of == record.LimitSupplier {
		role = record.Holder | record.Funder // a bank resells
	}
	if !m.Roles.Any(role) {
		return LimitResult{}, code.RoleMissing.New("member %s is not %s", m.ID, role.Names()[0])
	}
	if in.Group != "" {
		if _, err := world.Load(w, record.GroupKey(bank.ID, in.Group), "group", in.Group); err != nil {
			return LimitResult{}, err
		}
	}
	l, err := limitOf(w, bank.ID, in.Of, in.Member)
	if err != nil {
		return LimitResult{}, err
	}
	if l.Group != in.Group {
		if err := moveSums(w, bank.ID, l.Group, in.Group, l.Reserved, l.Used); err != nil {
			return LimitResult{}, err
		}
	}
	l.Group, l.Capped, l.Cap = in.Group, !in.Lift, in.Cap
	putLimit(w, l)
	w.Notify(record.NoticeOf{
		Kind: record.LimitChanged, Subject: bank.ID + "/" + in.Of.String() + "/" + in.Member, Members: []string{bank.ID},
		Amount: AvailableLimit(l),
	})
	return LimitResult{
		Of: l.Of, Member: l.Member, Capped: l.Capped, Cap: l.Cap, Used: l.Used, Reserved: l.Reserved,
		Available: AvailableLimit(l), OverLimit: l.Capped && over(l.Cap, l.Reserved, l.Used),
	}, nil
}

func checkLimit(in LimitArgument) error {
	if in.Of != record.LimitDebtor && in.Of != record.LimitSupplier {
		return code.BadArgument.New("a limit is of a debtor or of a supplier")
	}
	if err := number.CheckSocialCredit(in.Member); err != nil {
		return err
	}
	if in.Group != "" {
		if err := member.CheckIdentifier("group", in.Group); err != nil {
			return err
		}
	}
	switch {
	case in.Cap < 0:
		return code.BadAmount.New("cap %s is below zero", in.Cap)
	case in.Lift && in.Cap != 0:
		return code.BadArgument.New("a limit is lifted or has a cap, not both")
	}
	return nil
}

// AvailableLimit is what can still be reserved under the limit's own cap, or 0; a
// limit without a cap bounds nothing, and has 0 here too.
func AvailableLimit(l *record.Limit) money.Fen {
	if !l.Capped {
		return 0
	}
	return left(l.Cap, l.Reserved, l.Used)
}

// limitOf is the bank's limit on a member, a new one without a cap when there is
// none.
func limitOf(w *world.World, bank string, of record.LimitKind, id string) (*record.Limit, error) {
	l, err := world.Find(w, record.LimitKey(bank, of, id))
	if err == nil && l == nil {
		l = &record.Limit{Bank: bank, Of: of, Member: id}
	}
	return l, err
}

// putLimit writes a limit; one that neither caps nor counts anything is no record.
func putLimit(w *world.World, l *record.Limit) {
	key := record.LimitKey(l.Bank, l.Of, l.Member)
	if !l.Capped && l.Group == "" && l.Used == 0 && l.Reserved == 0 {
		world.Delete(w, key)
		return
	}
	world.Put(w, key, l)
}

// ReserveLimits sets fen of a bank's limits aside for a financing. Refusals, in
// order of the list: LIMIT_REACHED for the limit itself, GROUP_EXCEEDED for the
// groups around it, the narrowest first; AMOUNT_OVERFLOW.
func ReserveLimits(w *world.World, bank string, list []record.Reservation) error {
	for _, r := range list {
		l, groups, err := locateLimit(w, bank, r.Of, r.Member)
		if err != nil {
			return err
		}
		if l.Capped && r.Amount > AvailableLimit(l) {
			return code.LimitReached.New("the limit of bank %s on %s %s has %s left, %s is asked",
				bank, r.Of, r.Member, AvailableLimit(l), r.Amount)
		}
		for _, group := range groups {
			if free := AvailableInGroup(group); r.Amount > free {
				return code.GroupExceeded.New("group %s has %s left, %s is asked", group.ID, free, r.Amount)
			}
		}
		taken, err := money.Sum(l.Reserved, l.Used, r.Amount)
		if err != nil {
			return err
		}
		l.Reserved = taken - l.Used
		for _, group := range groups {
			group.Reserved += r.Amount
		}
		saveLimit(w, l, groups)
	}
	return nil
}

// ReleaseLimits gives back what ReserveLimits set aside.
func ReleaseLimits(w *world.World, bank string, list []record.Reservation) error {
	for _, r := range list {
		l, groups, err := locateLimit(w, bank, r.Of, r.Member)
		if err != nil {
			return err
		}
		l.Reserved = lower("reserved on the limit on "+l.Member, l.Reserved, r.Amount)
		for _, group := range groups {
			group.Reserved = lower("reserved in group "+group.ID, group.Reserved, r.Amount)
		}
		saveLimit(w, l, groups)
	}
	return nil
}

// Expose changes what a bank has financed of a member by so many fen, up or down.
// It asks for no room: what is disbursed was reserved before, and what a court
// moves is not the bank's choice.
func Expose(w *world.World, bank string, of record.LimitKind, id string, by money.Fen) error {
	if by == 0 {
		return nil
	}
	l, groups, err := locateLimit(w, bank, of, id)
	if err != nil {
		return err
	}
	if _, err := money.Sum(l.Reserved, l.Used, by); err != nil {
		return err
	}
	l.Used = lower("used on the limit on "+l.Member, l.Used, -by)
	for _, group := range groups {
		group.Used = lower("used in group "+group.ID, group.Used, -by)
	}
	saveLimit(w, l, groups)
	return nil
}

func locateLimit(w *world.World, bank string, of record.LimitKind, id string) (*record.Limit, []*record.Group, error) {
	l, err := limitOf(w, bank, of, id)
	if err != nil {
		return nil, nil, err
	}
	groups, err := chain(w, bank, l.Group)
	return l, groups, err
}

func saveLimit(w *world.World, l *record.Limit, groups []*record.Group) {
	putLimit(w, l)
	for _, group := range groups {
		world.Put(w, record.GroupKey(group.Bank, group.ID), group)
	}
}
