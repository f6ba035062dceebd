package credit_test

import (
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// firms are the members of the scenarios.
func firms() []membertest.Firm {
	return []membertest.Firm{
		{Name: "hangzhou-bank", Class: record.LargeEnterprise, Roles: record.Funder, Validator: true},
		{Name: "shanghai-bank", Class: record.LargeEnterprise, Roles: record.Funder, Validator: true},
		{Name: "core", Class: record.LargeEnterprise, Roles: record.Debtor},
		{Name: "core-south", Class: record.LargeEnterprise, Roles: record.Debtor},
		{Name: "city", Class: record.PublicBody, Roles: record.Debtor | record.Holder},
		{Name: "steel", Roles: record.Holder},
		{Name: "bolts", Class: record.MicroEnterprise, Roles: record.Holder},
	}
}

// ledger is a network in memory and the day on which it is looked at.
type ledger struct{ *membertest.Network }

func open(t testing.TB) *ledger {
	t.Helper()
	return &ledger{membertest.New(t, firms()...)}
}

// do runs one transaction signed by a person, such as "core/maker", or by nobody.
// What it writes is kept when it succeeds.
func (l *ledger) do(signer string, fn func(w *world.World) error) error {
	_, err := l.Do(signer, fn)
	return err
}

// newStep reads a command of a scenario. Strangers are no members.
func newStep(t *testing.T, d *datadriven.TestData) membertest.Step {
	t.Helper()
	names := []string{"stranger"}
	for _, f := range firms() {
		names = append(names, f.Name)
	}
	return membertest.Step{T: t, TestData: d, Names: names}
}
