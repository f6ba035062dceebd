package member_test

import (
	"bytes"
	"testing"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// motion runs fn as a motion of BANK-1 that the banks approved.
func motion(n *membertest.Network, fn func(w *world.World) error) error {
	_, err := n.Do("BANK-1/maker", func(w *world.World) error {
		actor := w.Actor()
		actor.Quorum = record.QuorumBanks
		return w.As(actor, func() error { return fn(w) })
	})
	return err
}

func admit(in member.ValidatorArgument) func(*world.World) error {
	return func(w *world.World) error { _, err := member.AdmitValidator(w, in); return err }
}

func remove(bank string) func(*world.World) error {
	return func(w *world.World) error {
		_, err := member.RemoveValidator(w, member.BankArgument{Bank: membertest.ID(bank)})
		return err
	}
}

func TestValidatorsComeAndGoByTheBanks(t *testing.T) {
	firms := append(membertest.Banks(2),
		membertest.Firm{Name: "BANK-3", Roles: record.Funder}, membertest.Firm{Name: "STEEL", Roles: record.Debtor})
	n := membertest.New(t, firms...)
	stranger := membertest.ValidatorOf("BANK-3")
	same := stranger
	same.Consensus = membertest.ValidatorOf("BANK-1").Consensus
	samePeer := stranger
	samePeer.Peer = membertest.ValidatorOf("BANK-2").Peer
	noPort, badPeer := stranger, stranger
	noPort.Address, badPeer.Peer = "bank-3.example", "0OIl"
	steel := membertest.ValidatorOf("STEEL")
	for _, step := range []struct {
		what string
		do   func(*world.World) error
		want code.Code
	}{
		{"a key of another bank", admit(same), code.ValidatorConflict},
		{"a peer id of another bank", admit(samePeer), code.ValidatorConflict},
		{"an address without a port", admit(noPort), code.BadArgument},
		{"a peer id that is none", admit(badPeer), code.BadArgument},
		{"a member that is no bank", admit(steel), code.RoleMissing},
		{"a bank that is not there", admit(membertest.ValidatorOf("BANK-9")), code.MemberUnknown},
		{"a third bank", admit(stranger), code.OK},
		{"the third bank again", admit(stranger), code.AlreadyExists},
		{"removing the first", remove("BANK-1"), code.OK},
		{"removing the first again", remove("BANK-1"), code.NotFound},
		{"removing one that never was", remove("STEEL"), code.NotFound},
		{"admitting the first again, with its old key", admit(membertest.ValidatorOf("BANK-1")), code.OK},
		{"removing the second", remove("BANK-2"), code.OK},
		{"taking the removed bank's key", admit(member.ValidatorArgument{
			Bank: membertest.ID("BANK-2"), Consensus: stranger.Consensus, Peer: "other", Address: "x:1",
		}), code.ValidatorConflict},
		{"removing the third", remove("BANK-3"), code.OK},
		{"removing the last", remove("BANK-1"), code.ValidatorConflict},
	} {
		if err := motion(n, step.do); step.want == code.OK && err != nil || step.want != code.OK && !step.want.Is(err) {
			t.Errorf("%s: %v, want %s", step.what, err, step.want)
		}
	}
	list, err := member.Validators(n.World(world.Actor{}))
	if err != nil || len(list) != 3 {
		t.Fatalf("%d validators, %v", len(list), err)
	}
	for _, v := range list {
		if v.Active != (v.Bank == membertest.ID("BANK-1")) || v.Power != member.ValidatorPower {
			t.Errorf("validator %+v", v)
		}
	}
}

func TestFingerprintEpochsFollow(t *testing.T) {
	n := membertest.New(t, membertest.Banks(1)...)
	set := func(epoch uint32) func(*world.World) error {
		return func(w *world.World) error {
			_, err := member.SetFingerprintEpoch(w, member.EpochArgument{Epoch: epoch})
			return err
		}
	}
	for epoch, want := range []code.Code{code.BadArgument, code.BadArgument, code.OK, code.OK, code.OK, code.OK} {
		if err := motion(n, set(uint32(epoch))); want == code.OK && err != nil || want != code.OK && !want.Is(err) {
			t.Errorf("epoch %d: %v, want %s", epoch, err, want)
		}
	}
	if err := motion(n, set(7)); !code.BadArgument.Is(err) {
		t.Errorf("epoch 7 after 5: %v", err)
	}
	if _, err := n.Do("BANK-1/maker", set(6)); !code.NotSubmittable.Is(err) {
		t.Errorf("without a motion: %v", err)
	}
}

func TestPolicySaysWhatNeedsAChecker(t *testing.T) {
	n := membertest.New(t, membertest.Banks(1)...)
	bank := membertest.ID("BANK-1")
	ask := func(function string, amount int64) bool {
		t.Helper()
		need, err := member.RequiredChecker(n.World(world.Actor{}), bank, function, money.Fen(amount))
		if err != nil {
			t.Fatal(err)
		}
		return need
	}
	if ask("certificate:Issue", 1<<60) {
		t.Error("without a policy nothing needs a checker")
	}
	_, err := n.Do("BANK-1/admin", func(w *world.World) error {
		actor := w.Actor()
		actor.Quorum = record.QuorumAdmins
		return w.As(actor, func() error {
			_, err := member.SetPolicy(w, member.SetPolicyArgument{Rules: []record.PolicyRule{
				{Function: "*", From: 500}, {Function: "certificate:Issue", From: 100}, {Function: "credit:Grant", From: 1},
			}})
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		function string
		amount   int64
		want     bool
	}{
		{"certificate:Issue", 99, false},
		{"certificate:Issue", 100, true},
		{"certificate:Transfer", 499, false},
		{"certificate:Transfer", 500, true},
		{"credit:Grant", 0, true},
		{"approval:Approve", 1 << 60, false},
		{"member:RevokeCredential", 1 << 60, false},
		{"member:AddCredential", 1 << 60, false},
	} {
		if got := ask(c.function, c.amount); got != c.want {
			t.Errorf("%s of %d fen needs a checker: %t, want %t", c.function, c.amount, got, c.want)
		}
	}
}

func TestGenesisRefusals(t *testing.T) {
	enrolment := func(f membertest.Firm, sponsor string) member.GenesisMember {
		return member.GenesisMember{EnrolArgument: membertest.Enrolment(f), Sponsor: sponsor}
	}
	bank := enrolment(membertest.Banks(1)[0], "")
	steel := membertest.Firm{Name: "STEEL", Roles: record.Debtor}
	forged := enrolment(steel, "")
	forged.Credentials[0].Possession = bytes.Repeat([]byte{1}, 64)
	good := func() member.GenesisArgument {
		return member.GenesisArgument{
			Network: membertest.Name, Members: []member.GenesisMember{bank},
			Validators: []member.ValidatorArgument{membertest.ValidatorOf("BANK-1")},
		}
	}
	for _, c := range []struct {
		what   string
		change func(*member.GenesisArgument)
		want   code.Code
	}{
		{"another network", func(g *member.GenesisArgument) { g.Network = "other" }, code.WrongNetwork},
		{"a network without a name", func(g *member.GenesisArgument) { g.Network = "" }, code.BadArgument},
		{"no validator", func(g *member.GenesisArgument) { g.Validators = nil }, code.ValidatorConflict},
		{"a member twice", func(g *member.GenesisArgument) { g.Members = append(g.Members, bank) }, code.AlreadyExists},
		{"a forged possession", func(g *member.GenesisArgument) { g.Members = append(g.Members, forged) }, code.BadPossession},
		{"a sponsor that is no bank", func(g *member.GenesisArgument) {
			g.Members = append(g.Members, enrolment(steel, membertest.ID("STEEL")))
		}, code.RoleMissing},
		{"a sponsor that is not there", func(g *member.GenesisArgument) {
			g.Members = append(g.Members, enrolment(steel, membertest.ID("BANK-7")))
		}, code.MemberUnknown},
		{"a sponsored bank", func(g *member.GenesisArgument) {
			second := membertest.Firm{Name: "BANK-2", Roles: record.Funder}
			g.Members = append(g.Members, enrolment(second, membertest.ID("BANK-1")))
		}, code.BadArgument},
		{"nothing wrong", func(*member.GenesisArgument) {}, code.OK},
	} {
		in := good()
		c.change(&in)
		w := world.New(world.NewMemory(), world.Call{Network: membertest.Name, Now: membertest.Start})
		err := member.Genesis(w, in)
		if c.want == code.OK && err != nil || c.want != code.OK && !c.want.Is(err) {
			t.Errorf("%s: %v, want %s", c.what, err, c.want)
		}
		if c.want == code.OK {
			if err := member.Genesis(w, in); !code.AlreadyExists.Is(err) {
				t.Errorf("a second genesis: %v", err)
			}
		}
	}
}

func TestTheSweepActsForNobody(t *testing.T) {
	n := membertest.New(t, membertest.Banks(1)...)
	if _, err := member.Require(n.World(world.Actor{System: true}), 0, 0); !code.NotAuthorised.Is(err) {
		t.Errorf("%v, want NOT_AUTHORISED", err)
	}
	if _, err := member.Authenticate(n.World(world.Actor{}), record.Digest{}); !code.UnknownCredential.Is(err) {
		t.Errorf("%v, want UNKNOWN_CREDENTIAL", err)
	}
}
