package approval_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/approval"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// scenario adds the life of proposals to membertest.Scenario:
//
//	propose NAME by=... fn=... [in=DURATION] [counterparty=@FIRM]   with the argument
//	approve|refuse|withdraw NAME by=... [manifest=other]
//	revoke by=... key=FIRM/person     the key, and what it has proposed
//	lapse NAME                        as the sweep does
//	line NAME amount                  a credit line of BANK-1
//	freeze NAME                       that line
type scenario struct {
	membertest.Scenario
	x       dispatcher
	results map[string]approval.ProposeResult
}

func (s *scenario) run(t *testing.T, d *datadriven.TestData) string {
	t.Helper()
	var signer string
	d.MaybeScanArgs(t, "by", &signer)
	switch d.Cmd {
	case "propose":
		return s.propose(t, d, signer)
	case "line", "freeze":
		return s.line(t, d)
	case "revoke":
		var key string
		d.ScanArgs(t, "key", &key)
		return s.Transact(t, signer, func(w *world.World) (any, error) {
			_, err := member.RevokeCredential(w, member.RevokeCredentialArgument{Key: membertest.KeyID(key), Reason: "left"})
			if err != nil {
				return nil, err
			}
			return approval.FallOf(w, s.x, membertest.KeyID(key))
		})
	case "approve", "refuse", "withdraw", "lapse":
		p, ok := s.results[d.CmdArgs[0].Key]
		if !ok {
			p.ID = "unknown"
		}
		if d.HasArg("manifest") {
			p.Manifest[0] ^= 1
		}
		return s.Transact(t, signer, func(w *world.World) (any, error) { return s.decide(w, d.Cmd, p) })
	}
	return s.Run(t, d)
}

func (s *scenario) decide(w *world.World, verb string, p approval.ProposeResult) (any, error) {
	switch verb {
	case "approve":
		return approval.Approve(w, s.x, approval.ApproveArgument{ID: p.ID, Manifest: p.Manifest})
	case "refuse":
		return approval.Refuse(w, s.x, approval.RefuseArgument{ID: p.ID, Reason: "not agreed"})
	case "withdraw":
		return approval.Withdraw(w, s.x, approval.ProposalArgument{ID: p.ID})
	}
	return nil, approval.Lapse(w, s.x, p.ID)
}

func (s *scenario) propose(t *testing.T, d *datadriven.TestData, signer string) string {
	t.Helper()
	name, in := d.CmdArgs[0].Key, approval.ProposeArgument{Argument: json.RawMessage(s.Expand(t, d.Input))}
	d.ScanArgs(t, "fn", &in.Function)
	var after, counterparty string
	d.MaybeScanArgs(t, "in", &after)
	d.MaybeScanArgs(t, "counterparty", &counterparty)
	in.Counterparty = s.Expand(t, counterparty)
	if after != "" {
		length, err := time.ParseDuration(after)
		if err != nil {
			t.Fatal(err)
		}
		in.Expires = s.Network.Now.Add(length)
	}
	return s.Transact(t, signer, func(w *world.World) (any, error) {
		p, err := approval.Propose(w, s.x, in)
		if err == nil {
			s.results[name] = p
			s.Name(p.ID, name)
			s.Name(p.Manifest.String(), "manifest-of-"+name)
		}
		return p, err
	})
}

func (s *scenario) line(t *testing.T, d *datadriven.TestData) string {
	t.Helper()
	return s.Transact(t, "", func(w *world.World) (any, error) {
		key := record.LineKey(membertest.ID("BANK-1"), d.CmdArgs[0].Key)
		line, err := world.Find(w, key)
		if err != nil {
			return nil, err
		}
		if d.Cmd == "freeze" {
			line.Frozen = true
		} else {
			limit, err := money.Parse(d.CmdArgs[1].Key)
			if err != nil {
				return nil, err
			}
			line = &record.Line{Bank: membertest.ID("BANK-1"), ID: d.CmdArgs[0].Key, Limit: limit}
		}
		world.Put(w, key, line)
		return nil, nil
	})
}

func TestScenarios(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		s := &scenario{x: newDispatcher(), results: map[string]approval.ProposeResult{}}
		s.Functions = s.x.functions
		datadriven.RunTest(t, path, s.run)
	})
}

// More than two thirds of the banks: with four, three; the maker's bank counts.
func TestMotionsOfOneToSevenBanks(t *testing.T) {
	for all, need := range map[int]int{1: 1, 2: 2, 3: 3, 4: 3, 5: 4, 6: 5, 7: 5} {
		n, x := membertest.New(t, membertest.Banks(all)...), newDispatcher()
		var p approval.ProposeResult
		_, err := n.Do("BANK-1/maker", func(w *world.World) (err error) {
			p, err = approval.Propose(w, x, approval.ProposeArgument{
				Function: "member:SetFingerprintEpoch", Argument: json.RawMessage(`{"epoch":2}`),
			})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		approve := func(signer string) (r approval.Result, err error) {
			_, err = n.Do(signer, func(w *world.World) (err error) {
				r, err = approval.Approve(w, x, approval.ApproveArgument{ID: p.ID, Manifest: p.Manifest})
				return err
			})
			return r, err
		}
		if all > 1 {
			if _, err := approve("BANK-1/checker"); !code.AlreadyApproved.Is(err) {
				t.Errorf("%d banks: the maker's bank approves again: %v", all, err)
			}
		} else if r, err := approve("BANK-1/checker"); err != nil || r.State != record.ProposalExecuted {
			t.Errorf("one bank: its second person approves: %+v, %v", r, err)
		}
		for i := 2; i <= need; i++ {
			r, err := approve(fmt.Sprintf("BANK-%d/checker", i))
			if err != nil {
				t.Fatalf("%d banks, vote %d: %v", all, i, err)
			}
			if done := r.State == record.ProposalExecuted; done != (i == need) {
				t.Errorf("%d banks, vote %d of %d: %s", all, i, need, r.State)
			}
		}
		if _, err := approve("BANK-1/maker"); !code.ProposalClosed.Is(err) {
			t.Errorf("%d banks: after the decision: %v", all, err)
		}
	}
}

// Whatever ends a proposal without running it, the ledger is as it was before,
// but for the decided proposal itself.
func TestEveryEndGivesBackWhatWasHeld(t *testing.T) {
	firms := append(membertest.Banks(1), membertest.Firm{Name: "STEEL", Roles: record.Debtor, Sponsor: "BANK-1"})
	began := membertest.New(t, firms...)
	rapid.Check(t, func(t *rapid.T) {
		n, x := &membertest.Network{Memory: began.Memory.Clone(), Now: began.Now}, newDispatcher()
		_, err := n.Do("", func(w *world.World) error {
			for i := range 3 {
				id := fmt.Sprintf("L%d", i)
				world.Put(w, record.LineKey(membertest.ID("BANK-1"), id),
					&record.Line{Bank: membertest.ID("BANK-1"), ID: id, Limit: 100_000, Used: money.Fen(i)})
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		before := n.Memory.Clone()
		var ids []string
		for range rapid.IntRange(1, 6).Draw(t, "proposals") {
			ids = append(ids, proposeRows(t, n, x)...)
		}
		for _, id := range ids {
			endSomehow(t, n, x, id)
		}
		for _, id := range ids {
			if err := n.Memory.Delete(string(record.ProposalKey(id))); err != nil {
				t.Fatal(err)
			}
		}
		if !n.Memory.Equal(before) {
			t.Fatal("something stayed held")
		}
	})
}

// proposeRows proposes a batch of spendings; one that asks too much is refused
// and leaves nothing.
func proposeRows(t *rapid.T, n *membertest.Network, x approval.Executor) []string {
	var in spendings
	for range rapid.IntRange(1, 4).Draw(t, "rows") {
		in.Rows = append(in.Rows, spending{
			Bank: membertest.ID("BANK-1"), Line: fmt.Sprintf("L%d", rapid.IntRange(0, 2).Draw(t, "line")),
			Amount: money.Fen(rapid.Int64Range(1, 60_000).Draw(t, "amount")),
		})
	}
	argument, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	_, err = n.Do("STEEL/maker", func(w *world.World) error {
		p, err := approval.Propose(w, x, approval.ProposeArgument{Function: "line:Batch", Argument: argument})
		ids = []string{p.ID}
		return err
	})
	if err != nil && !code.LineInsufficient.Is(err) {
		t.Fatal(err)
	}
	if err != nil {
		return nil
	}
	return ids
}

func endSomehow(t *rapid.T, n *membertest.Network, x approval.Executor, id string) {
	how := rapid.SampledFrom([]string{"refuse", "withdraw", "lapse", "fall"}).Draw(t, "end")
	signer := map[string]string{"refuse": "STEEL/checker", "withdraw": "STEEL/maker"}[how]
	if how == "lapse" {
		n.Now = n.Now.Add(6 * 24 * time.Hour)
	}
	_, err := n.Do(signer, func(w *world.World) (err error) {
		switch how {
		case "refuse":
			_, err = approval.Refuse(w, x, approval.RefuseArgument{ID: id, Reason: "no"})
		case "withdraw":
			_, err = approval.Withdraw(w, x, approval.ProposalArgument{ID: id})
		case "lapse":
			err = approval.Lapse(w, x, id)
		case "fall":
			_, err = approval.FallOf(w, x, membertest.KeyID("STEEL/maker"))
		}
		return err
	})
	// A fall ends all of the maker's proposals, and time ends the others' chance.
	if err != nil && !code.ProposalClosed.Is(err) && !code.ProposalExpired.Is(err) {
		t.Fatal(err)
	}
	if code.ProposalExpired.Is(err) {
		if _, err := n.Do("", func(w *world.World) error { return approval.Lapse(w, x, id) }); err != nil {
			t.Fatal(err)
		}
	}
}

// A fault of storage during execution decides nothing: the error is passed on.
func TestAFaultDecidesNothing(t *testing.T) {
	n, x := membertest.New(t, membertest.Banks(1)...), newDispatcher()
	broken := fmt.Errorf("disk is broken")
	fails := false
	x.functions["order:Fault"] = func(*world.World, []byte) (any, error) {
		if fails {
			return nil, broken
		}
		return nil, nil
	}
	var p approval.ProposeResult
	_, err := n.Do("BANK-1/maker", func(w *world.World) (err error) {
		p, err = approval.Propose(w, x, approval.ProposeArgument{Function: "order:Fault", Argument: json.RawMessage(`{}`)})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	fails = true
	_, err = n.Do("BANK-1/checker", func(w *world.World) error {
		_, err := approval.Approve(w, x, approval.ApproveArgument{ID: p.ID, Manifest: p.Manifest})
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "disk is broken") || code.Of(err) != nil {
		t.Errorf("%v", err)
	}
	got, err := approval.Get(n.World(world.Actor{}), p.ID)
	if err != nil || got.State != record.ProposalOpen {
		t.Errorf("proposal %+v, %v", got, err)
	}
}

// What a key has proposed never stands in the way of its revocation: what would
// cost too much there waits for the sweep.
func TestCostlyProposalsFallInTheSweep(t *testing.T) {
	firms := append(membertest.Banks(1), membertest.Firm{Name: "STEEL", Roles: record.Debtor, Sponsor: "BANK-1"})
	n, x := membertest.New(t, firms...), newDispatcher()
	bank := membertest.ID("BANK-1")
	var rows spendings
	for range 21 {
		rows.Rows = append(rows.Rows, spending{Bank: bank, Line: "L1", Amount: 1})
	}
	argument, err := json.Marshal(rows)
	if err != nil {
		t.Fatal(err)
	}
	key, fallen := membertest.KeyID("STEEL/maker"), 0
	var made approval.ProposeResult
	do := func(who string, what func(w *world.World) error) {
		t.Helper()
		if _, err := n.Do(who, what); err != nil {
			t.Fatal(err)
		}
	}
	do("", func(w *world.World) error {
		world.Put(w, record.LineKey(bank, "L1"), &record.Line{Bank: bank, ID: "L1", Limit: 100})
		return nil
	})
	do("STEEL/maker", func(w *world.World) error {
		made, err = approval.Propose(w, x, approval.ProposeArgument{Function: "line:Batch", Argument: argument})
		return err
	})
	do("STEEL/admin", func(w *world.World) error {
		_, err := member.RevokeCredential(w, member.RevokeCredentialArgument{Key: key, Reason: "left"})
		if err == nil {
			fallen, err = approval.FallOf(w, x, key)
		}
		return err
	})
	w := n.World(world.Actor{})
	queued, err := world.Exists(w, record.DueKey(n.Now, record.DueFall, key.String()))
	if fallen != 0 || !queued || err != nil {
		t.Fatalf("%d fell, queued: %t, %v", fallen, queued, err)
	}
	do("", func(w *world.World) error {
		return w.As(world.Actor{System: true}, func() (err error) {
			fallen, err = approval.FallOf(w, x, key)
			return err
		})
	})
	w = n.World(world.Actor{})
	p, err := approval.Get(w, made.ID)
	if err != nil || fallen != 1 || p.State != record.ProposalFailed {
		t.Errorf("%d fell, proposal is %s, %v", fallen, p.State, err)
	}
	line, err := world.Load(w, record.LineKey(bank, "L1"), "line", "L1")
	if err != nil || line.Reserved != 0 {
		t.Errorf("line %+v, %v", line, err)
	}
}

func TestProposalHoldsAreLimited(t *testing.T) {
	firms := append(membertest.Banks(1), membertest.Firm{Name: "STEEL", Roles: record.Debtor, Sponsor: "BANK-1"})
	n, x := membertest.New(t, firms...), newDispatcher()
	row := fmt.Sprintf(`{"bank":%q,"line":"L1","amount":"0.01"},`, membertest.ID("BANK-1"))
	argument := `{"rows":[` + strings.TrimSuffix(strings.Repeat(row, approval.MaxHolds+1), ",") + `]}`
	_, err := n.Do("STEEL/maker", func(w *world.World) error {
		_, err := approval.Propose(w, x, approval.ProposeArgument{Function: "line:Batch", Argument: json.RawMessage(argument)})
		return err
	})
	if !code.LimitExceeded.Is(err) {
		t.Error(err)
	}
}

// One transaction ends at most MaxFall proposals; the others fail when approved.
func TestFallIsBounded(t *testing.T) {
	firms := append(membertest.Banks(1), membertest.Firm{Name: "STEEL", Roles: record.Debtor, Sponsor: "BANK-1"})
	n, x := membertest.New(t, firms...), newDispatcher()
	x.functions["order:Nothing"] = func(*world.World, []byte) (any, error) { return nil, nil }
	var made []approval.ProposeResult
	for range approval.MaxFall + 1 {
		_, err := n.Do("STEEL/maker", func(w *world.World) error {
			p, err := approval.Propose(w, x, approval.ProposeArgument{Function: "order:Nothing", Argument: json.RawMessage(`{}`)})
			made = append(made, p)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	key, fallen := membertest.KeyID("STEEL/maker"), 0
	_, err := n.Do("STEEL/admin", func(w *world.World) (err error) {
		if _, err = member.RevokeCredential(w, member.RevokeCredentialArgument{Key: key, Reason: "left"}); err == nil {
			fallen, err = approval.FallOf(w, x, key)
		}
		return err
	})
	if err != nil || fallen != approval.MaxFall {
		t.Fatalf("%d fell, %v", fallen, err)
	}
	failed := 0
	for _, p := range made {
		_, err := n.Do("STEEL/checker", func(w *world.World) error {
			r, err := approval.Approve(w, x, approval.ApproveArgument{ID: p.ID, Manifest: p.Manifest})
			if err == nil && r.State == record.ProposalFailed && r.Code == "CREDENTIAL_REVOKED" {
				failed++
			}
			return err
		})
		if err != nil && !code.ProposalClosed.Is(err) {
			t.Fatal(err)
		}
	}
	if failed != 1 {
		t.Errorf("%d failed at approval, want 1", failed)
	}
}
