package importer

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tierledger/tierledger/chaincode/approval"
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/envelope"
	"github.com/tierledger/tierledger/node/reconcile"
)

// accountName is every member's own word for the account that is made up for it.
const accountName = "main"

// proposal is a proposed account that waits for its checker.
type proposal struct {
	ID       string        `json:"id"`
	Manifest record.Digest `json:"manifest"`
}

// accountState is what a member's account needs next.
type accountState struct {
	owner  *owner
	bank   int // of the account
	record *record.Account

	stopped bool // a step was refused
}

// accounts sees to it that each bank and each of the owners has a confirmed account. One
// that is not usable yet stops the import: COOLING_OFF.
func (im *crowd) accounts(ctx context.Context, owners []*owner) error {
	list := im.without(owners)
	if len(list) == 0 {
		return nil
	}
	if err := im.recall(ctx); err != nil {
		return err
	}
	if err := im.readAccounts(ctx, list); err != nil {
		return err
	}
	open := func(want record.AccountState) (items []int) {
		for i := range list {
			a := list[i].record
			if !list[i].stopped && (a == nil && want == 0 || a != nil && a.State == want) {
				items = append(items, i)
			}
		}
		return items
	}
	for _, stage := range []struct {
		name Stage
		do   func(context.Context) (int, error)
	}{
		{StageAccounts, func(ctx context.Context) (int, error) { return im.proposeAccounts(ctx, list, open(0)) }},
		{StageApprove, func(ctx context.Context) (int, error) { return im.approveAccounts(ctx, list, open(0)) }},
		{StageConfirm, func(ctx context.Context) (int, error) {
			return im.confirmAccounts(ctx, list, append(open(0), open(record.AccountProposed)...))
		}},
	} {
		if err := im.timed(ctx, stage.name, stage.do); err != nil {
			return err
		}
	}
	clear(im.asked) // decided, one way or the other
	return im.checkAccounts(ctx, list)
}

// stop keeps the refusal of a step of an account; the lock is held.
func (im *crowd) stop(stage Stage, a *accountState, why *code.Error) {
	a.stopped = true
	im.refuse(stage, a.owner.id, why)
}

// without lists the members that have no account yet, as far as is known: banks
// first.
func (im *crowd) without(owners []*owner) []accountState {
	var list []accountState
	listed := map[string]bool{}
	add := func(o *owner, bank int) {
		if !im.usable[o.id] && !listed[o.id] {
			listed[o.id] = true
			list = append(list, accountState{owner: o, bank: bank})
		}
	}
	for i, b := range im.net.Banks {
		add(im.owners[b.ID], i)
	}
	for _, o := range owners {
		sum := made("choice of an account's bank", fmt.Sprint(im.seed), o.id)
		add(o, int(sum[0])%len(im.net.Banks))
	}
	return list
}

// recall finds which of the proposals that an earlier run made are still open.
func (im *crowd) recall(ctx context.Context) error {
	noted := im.noted
	im.noted = nil
	return im.sender.each(ctx, func(do func(job) bool) error {
		for _, id := range noted {
			more := do(func(ctx context.Context) error {
				p, err := im.net.Banks[0].Node.Proposal(ctx, id)
				if err != nil || p == nil || p.State != record.ProposalOpen {
					return err
				}
				im.mu.Lock()
				defer im.mu.Unlock()
				im.asked[p.Member] = proposal{p.ID, p.Manifest}
				return nil
			})
			if !more {
				return nil
			}
		}
		return nil
	})
}

// readAccounts reads the accounts of the members of a list that are not known to be
// confirmed.
func (im *crowd) readAccounts(ctx context.Context, list []accountState) error {
	node := im.net.Banks[0].Node
	if err := im.sender.reach(ctx, node); err != nil {
		return err
	}
	return im.sender.each(ctx, func(do func(job) bool) error {
		for i := range list {
			if a := list[i].record; a != nil && a.State == record.AccountConfirmed {
				continue
			}
			more := do(func(ctx context.Context) error {
				for a, err := range node.Accounts(ctx, list[i].owner.id) {
					if err != nil {
						return fmt.Errorf("list the accounts of %s: %w", list[i].owner.alias, err)
					}
					if a.ID == accountName {
						list[i].record = &a
						list[i].bank = im.banks[a.Bank]
					}
				}
				return nil
			})
			if !more {
				return nil
			}
		}
		return nil
	})
}

// proposeAccounts has the maker of each member propose its account, unless a
// proposal is open from a run before.
func (im *crowd) proposeAccounts(ctx context.Context, list []accountState, items []int) (int, error) {
	items = slices.DeleteFunc(items, func(i int) bool { _, open := im.asked[list[i].owner.id]; return open })
	if len(items) == 0 {
		return 0, nil
	}
	im.Progress.Stage(string(StageAccounts), len(items))
	err := im.sender.run(ctx, func(yield func(*batch, error) bool) {
		for _, i := range items {
			o := list[i].owner
			argument, err := im.account(o, list[i].bank)
			var op operation
			if err == nil {
				op, err = invoke("member:ProposeAccount", argument)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			b := &batch{
				stage: StageAccounts, signer: o.alias + "/" + makerName, node: o.bank, items: []int{i},
				operations: []operation{op}, propose: true, alone: true,
			}
			if !yield(b, nil) {
				return
			}
		}
	}, im.settled(func(s *sent, refused map[int]*code.Error, result []byte) string {
		a := &list[s.Items[0]]
		if why := refused[0]; why != nil {
			im.stop(StageAccounts, a, why)
			return ""
		}
		p, ok := proposalIn(s, result)
		if !ok {
			return ""
		}
		im.asked[a.owner.id] = p
		return p.ID
	}))
	return len(items), err
}

// note keeps the proposal that a transaction sent again has made.
func (im *crowd) note(s *sent, refused map[int]*code.Error, result []byte) string {
	p, ok := proposalIn(s, result)
	if !ok || len(refused) > 0 {
		return ""
	}
	im.noted = append(im.noted, p.ID)
	return p.ID
}

// proposalIn is the proposal that a transaction made, if it made one.
func proposalIn(s *sent, result []byte) (p proposal, ok bool) {
	if s.Stage != StageAccounts {
		return p, false
	}
	err := json.Unmarshal(result, &p)
	return p, err == nil && p.ID != ""
}

// account makes up an account of a member at a bank, sealed as scf member account
// seals one. The number is nobody's.
func (im *crowd) account(o *owner, bank int) (member.ProposeAccountArgument, error) {
	in := member.ProposeAccountArgument{ID: accountName, Bank: im.net.Banks[bank].ID}
	digits := made("account", o.id, in.Bank)
	text, err := reconcile.BankAccount{Number: fmt.Sprintf("6222%015d", uint64(digits[0])<<32|uint64(digits[1])<<24|
		uint64(digits[2])<<16|uint64(digits[3])<<8|uint64(digits[4])), Name: o.alias}.Text()
	if err != nil {
		return in, fmt.Errorf("write the account of %s: %w", o.alias, err)
	}
	var readers []envelope.PublicKey
	for _, alias := range slices.Compact([]string{o.alias, im.net.Banks[bank].Alias}) {
		key, err := im.net.Encryption(alias)
		if err != nil {
			return in, err
		}
		readers = append(readers, key)
	}
	commitment, sealed, err := envelope.SealCommitted(text, reconcile.AccountContext(o.id, accountName), readers)
	if err != nil {
		return in, fmt.Errorf("seal the account of %s: %w", o.alias, err)
	}
	in.Commitment, in.Sealed = record.Digest(commitment), sealed
	return in, nil
}

// approveAccounts has the checker of each member approve what its maker proposed.
func (im *crowd) approveAccounts(ctx context.Context, list []accountState, items []int) (int, error) {
	items = slices.DeleteFunc(items, func(i int) bool { _, open := im.asked[list[i].owner.id]; return !open })
	return im.send(ctx, StageApprove, len(items), func(yield func(*batch, error) bool) {
		p := &packer{yield: yield}
		for _, i := range items {
			o := list[i].owner
			asked := im.proposalOf(o)
			op, err := invoke("approval:Approve", approval.ApproveArgument{ID: asked.ID, Manifest: asked.Manifest})
			if err != nil {
				p.fail(err)
				return
			}
			if !p.add(StageApprove, o.alias+"/"+checkerName, o.bank, i, op) {
				return
			}
		}
		p.flush()
	}, func(i int, why *code.Error) { im.stop(StageApprove, &list[i], why) })
}

func (im *crowd) proposalOf(o *owner) proposal {
	im.mu.Lock()
	defer im.mu.Unlock()
	return im.asked[o.id]
}

// confirmAccounts has the bank of each account confirm it.
func (im *crowd) confirmAccounts(ctx context.Context, list []accountState, items []int) (int, error) {
	return im.send(ctx, StageConfirm, len(items), perBank(im.net.Banks, StageConfirm, makerName, items,
		func(i int) int { return list[i].bank },
		func(i int) ([]operation, error) {
			op, err := invoke("member:ConfirmAccount", member.AccountArgument{Member: list[i].owner.id, Account: accountName})
			return []operation{op}, err
		}), func(i int, why *code.Error) { im.stop(StageConfirm, &list[i], why) })
}

// checkAccounts reads what became of the accounts. Those that are not confirmed are
// left out; those that are not usable yet stop the import.
func (im *crowd) checkAccounts(ctx context.Context, list []accountState) error {
	if err := im.readAccounts(ctx, list); err != nil {
		return err
	}
	now, err := im.now(ctx)
	if err != nil {
		return err
	}
	var latest calendar.Instant
	var without []string
	for _, a := range list {
		if a.record == nil || a.record.State != record.AccountConfirmed {
			if _, bank := im.banks[a.owner.id]; bank {
				without = append(without, a.owner.alias)
			}
			continue
		}
		latest = max(latest, a.record.UsableFrom)
		im.usable[a.owner.id] = true
	}
	switch {
	case len(without) > 0:
		return code.AccountUnconfirmed.New("account %s of %s", accountName, strings.Join(without, ", "))
	case latest > now:
		return code.CoolingOff.New("the accounts are usable from %s; give the same command again then", latest)
	}
	return nil
}
