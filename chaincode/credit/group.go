package credit

import (
	"fmt"
	"slices"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// MaxDepth is how many groups may lie one inside the other.
const MaxDepth = 8

// GroupArgument creates a group cap or changes an existing one of the same id.
type GroupArgument struct {
	ID     string    `json:"id"`
	Parent string    `json:"parent,omitzero" metadata:",optional"` // the wider group, or empty
	Cap    money.Fen `json:"cap"`
}

// GroupResult is a group after a change.
type GroupResult struct {
	Bank      string    `json:"bank"`
	ID        string    `json:"id"`
	Cap       money.Fen `json:"cap"`
	Used      money.Fen `json:"used"`
	Reserved  money.Fen `json:"reserved"`
	Available money.Fen `json:"available"` // 0 when over the cap
	OverLimit bool      `json:"overLimit"`
}

// SetGroup creates or changes a cap of the signing bank over several lines. A
// cap below what is taken is allowed: then nothing is available. A group that
// changes parent takes its sums along.
//
// Refusals, in order: the ids (BAD_ARGUMENT), the cap (BAD_AMOUNT); the signer,
// who must be a bank's maker; an unknown parent (NOT_FOUND); a parent that is
// the group itself or lies inside it, or more than MaxDepth groups one inside the
// other (BAD_ARGUMENT); sums that do not fit in the new parent (GROUP_EXCEEDED).
func SetGroup(w *world.World, in GroupArgument) (GroupResult, error) {
	if err := checkGroup(in); err != nil {
		return GroupResult{}, err
	}
	bank, err := member.Require(w, record.Maker, record.Funder)
	if err != nil {
		return GroupResult{}, err
	}
	if in.Parent != "" {
		if _, err := world.Load(w, record.GroupKey(bank.ID, in.Parent), "group", in.Parent); err != nil {
			return GroupResult{}, err
		}
	}
	group, err := world.Find(w, record.GroupKey(bank.ID, in.ID))
	if err != nil {
		return GroupResult{}, err
	}
	if group == nil {
		group = &record.Group{Bank: bank.ID, ID: in.ID}
	}
	if group.Parent != in.Parent {
		if err := checkNesting(w, bank.ID, in); err != nil {
			return GroupResult{}, err
		}
		if err := moveSums(w, bank.ID, group.Parent, in.Parent, group.Reserved, group.Used); err != nil {
			return GroupResult{}, err
		}
	}
	group.Parent, group.Cap = in.Parent, in.Cap
	world.Put(w, record.GroupKey(bank.ID, in.ID), group)
	w.Notify(record.NoticeOf{
		Kind:    record.GroupChanged,
		Subject: bank.ID + "/" + in.ID,
		Members: []string{bank.ID},
		Amount:  AvailableInGroup(group),
	})
	return GroupResult{
		Bank: bank.ID, ID: group.ID, Cap: group.Cap, Used: group.Used, Reserved: group.Reserved,
		Available: AvailableInGroup(group), OverLimit: over(group.Cap, group.Reserved, group.Used),
	}, nil
}

func checkGroup(in GroupArgument) error {
	if err := member.CheckIdentifier("group", in.ID); err != nil {
		return err
	}
	if in.Parent != "" {
		if err := member.CheckIdentifier("group", in.Parent); err != nil {
			return err
		}
	}
	if in.Cap < 0 {
		return code.BadAmount.New("cap %s is below zero", in.Cap)
	}
	return nil
}

// checkNesting refuses a circle of groups and nesting deeper than MaxDepth. The
// depth is that of the new parent plus the tallest chain that ends in the group.
func checkNesting(w *world.World, bank string, in GroupArgument) error {
	if in.Parent == "" {
		return nil // what lies inside only rises
	}
	above, err := chain(w, bank, in.Parent)
	if err != nil {
		return err
	}
	for _, group := range above {
		if group.ID == in.ID {
			return code.BadArgument.New("group %s would lie inside itself", in.ID)
		}
	}
	tallest, err := height(w, bank, in.ID)
	if err != nil {
		return err
	}
	if depth := len(above) + tallest; depth > MaxDepth {
		return code.BadArgument.New("%d groups would lie one inside the other, %d are allowed", depth, MaxDepth)
	}
	return nil
}

// height is the number of groups in the tallest chain that ends in the group, the
// group included.
func height(w *world.World, bank, id string) (int, error) {
	tallest := 1
	prefix := record.GroupsPrefix(bank)
	err := world.Scan(w, prefix, record.PrefixEnd(prefix), func(_ string, g *record.Group) (bool, error) {
		above, err := chain(w, bank, g.ID)
		for i, group := range above {
			if group.ID == id {
				tallest = max(tallest, i+1)
			}
		}
		return true, err
	})
	return tallest, err
}

// chain returns a group and the groups around it, the widest last. It is empty
// for no group.
func chain(w *world.World, bank, id string) ([]*record.Group, error) {
	var groups []*record.Group
	for id != "" {
		group, err := world.Find(w, record.GroupKey(bank, id))
		if err != nil {
			return nil, err
		}
		if group == nil || len(groups) == MaxDepth {
			panic(fmt.Sprintf("groups of bank %s: %q after %d groups: missing or nested too deeply", bank, id, len(groups)))
		}
		groups = append(groups, group)
		id = group.Parent
	}
	return groups, nil
}

// moveSums takes sums out of one chain of groups and into another. Groups that
// lie in both keep theirs.
func moveSums(w *world.World, bank, from, to string, reserved, used money.Fen) error {
	old, err := chain(w, bank, from)
	if err != nil {
		return err
	}
	for _, group := range old {
		group.Reserved = lower("reserved in group "+group.ID, group.Reserved, reserved)
		group.Used = lower("used in group "+group.ID, group.Used, used)
		world.Put(w, record.GroupKey(bank, group.ID), group)
	}
	sum, err := reserved.Add(used)
	if err != nil {
		return err
	}
	into, err := chain(w, bank, to)
	if err != nil {
		return err
	}
	for _, group := range into {
		inOld := slices.ContainsFunc(old, func(g *record.Group) bool { return g.ID == group.ID })
		if free := AvailableInGroup(group); sum > free && !inOld {
			return code.GroupExceeded.New("group %s has %s left, %s would move into it", group.ID, free, sum)
		}
		group.Reserved += reserved
		group.Used += used
		world.Put(w, record.GroupKey(bank, group.ID), group)
	}
	return nil
}
