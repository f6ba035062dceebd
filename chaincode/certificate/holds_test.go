package certificate_test

import (
	"reflect"
	"testing"

	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// TestHolds: a proposal holds the line and the invoices of an issue, the fen and
// the invoices of a transfer, the fen of a pledge; and each argument knows the
// amount that a member's policy compares.
func TestHolds(t *testing.T) {
	cover := []record.Allocation{{Invoice: digest("i1"), Amount: 1000}}
	invoice := record.Hold{Kind: record.HoldInvoice, Invoice: digest("i1"), Amount: 1000}
	issue := certificate.IssueArgument{Face: 1000, Bank: "bank", Line: "L1", Allocations: cover}
	leg := record.Leg{Certificate: "C1", Holding: 1, Version: 1, Interval: interval.Of(1, 1000)}
	fen := record.Hold{Kind: record.HoldInterval, Certificate: "C1", Holding: 1, Interval: interval.Of(1, 1000), Amount: 1000}
	transfer := certificate.TransferArgument{Legs: []record.Leg{leg}, Allocations: cover}
	pledge := certificate.PledgeArgument{Leg: leg, Pledgee: "bank"}

	got, err := certificate.IssueHolds(nil, issue)
	line := record.Hold{Kind: record.HoldLine, Bank: "bank", Line: "L1", Amount: 1000}
	if want := []record.Hold{line, invoice}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("issue holds %v, %v", got, err)
	}
	got, err = certificate.TransferHolds(nil, transfer)
	if want := []record.Hold{fen, invoice}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("transfer holds %v, %v", got, err)
	}
	got, err = certificate.PledgeHolds(nil, pledge)
	if want := []record.Hold{fen}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("pledge holds %v, %v", got, err)
	}
	if issue.Amount() != 1000 || transfer.Amount() != 1000 || pledge.Amount() != 1000 {
		t.Error("an argument does not know its amount")
	}
}

// TestCounterparties: the pledgee approves a pledge; of debtor and first holder
// the one who did not propose approves a void, and nobody else has a say.
func TestCounterparties(t *testing.T) {
	if who, err := certificate.PledgeCounterparty(nil, certificate.PledgeArgument{Pledgee: "bank"}); err != nil || who != "bank" {
		t.Errorf("pledge is approved by %s, %v", who, err)
	}
	c := newChain(t)
	c.trade(t, "CORE", "STEEL", "i1", 1<<40)
	number := issueTo(t, c, 1, 1000)
	other := func(name, number string) (string, error) {
		w := c.World(world.Actor{Person: world.Person{Member: membertest.ID(name)}})
		return certificate.VoidCounterparty(w, certificate.VoidArgument{Certificate: number})
	}
	if who, err := other("CORE", number); err != nil || who != membertest.ID("STEEL") {
		t.Errorf("CORE's void is approved by %s, %v", who, err)
	}
	if who, err := other("STEEL", number); err != nil || who != membertest.ID("CORE") {
		t.Errorf("STEEL's void is approved by %s, %v", who, err)
	}
	if _, err := other("BOLTS", number); !code.NotAuthorised.Is(err) {
		t.Errorf("BOLTS proposes to void: %v", err)
	}
	if _, err := other("CORE", certNumber("CORE", c.Now.Date(), 9)); !code.NotFound.Is(err) {
		t.Errorf("void of an unknown certificate: %v", err)
	}
	if _, err := other("CORE", number+"/holding/00000001"); !code.BadNumber.Is(err) {
		t.Errorf("void of a record that is no certificate: %v", err)
	}
}
