package financing_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/registration"
	"github.com/tierledger/tierledger/chaincode/settlement"
)

// rest is the ledger without what a financing leaves behind for ever: its own record,
// those of its settlement, quotes, registrations and advices, and those of orders.
func rest(c *chain) map[string]string {
	left := map[string]string{}
	err := c.Memory.Scan("", "", func(key string, value []byte) (bool, error) {
		own := []string{"financing/", "settlement/", "quote/", "registration/", "advice/", "order/"}
		if !slices.ContainsFunc(own, func(prefix string) bool { return strings.HasPrefix(key, prefix) }) {
			left[key] = string(value)
		}
		return true, nil
	})
	if err != nil {
		panic(err)
	}
	return left
}

// TestAsIfItHadNeverBeen: whatever stage a financing has come to, when it is cancelled,
// lapses or is proven unpaid, certificates, holdings, limits, groups, lines, rates and
// the queue of what lapses are byte for byte as if it had never been asked for.
func TestAsIfItHadNeverBeen(t *testing.T) {
	base := newStage(t)
	rapid.Check(t, func(t *rapid.T) {
		c := base.clone()
		owner := rapid.SampledFrom([]string{"STEEL", "STEEL", "BOLTS"}).Draw(t, "holder")
		legs := c.drawLegs(t, owner, func(h *record.Holding) bool { return h.Claim.Financing == "" && len(h.Locks) == 0 })
		id := begin(t, c, owner, legs)
		if id == "" {
			t.Skip("a bank's limits are reached")
		}
		disturb(t, c, owner)
		advance(t, c, owner, id)
		disturb(t, c, owner)
		over(t, c, owner, id)
		never := base.clone()
		never.Now = c.Now
		_, err := never.sweep()
		certainly(t, err)
		was, is := rest(never), rest(c)
		for key, value := range was {
			if is[key] != value {
				t.Fatalf("%s was\n%x, is\n%x", key, value, is[key])
			}
		}
		if len(is) != len(was) {
			t.Fatalf("%d records, were %d", len(is), len(was))
		}
	})
}

// begin requests a financing or takes a posted rate, and returns its id, or nothing when
// a limit refused.
func begin(t *rapid.T, c *chain, owner string, legs []record.Leg) string {
	if rapid.Bool().Draw(t, "posted rate") {
		rate := rapid.SampledFrom([]string{"SHANGHAI/outright", "BEIJING/loan", "HANGZHOU/recourse", "HANGZHOU/loan"}).Draw(t, "rate")
		id, err := c.takeRate(owner, rate, legs)
		if refused(t, err) {
			return ""
		}
		return id
	}
	hours := rapid.IntRange(30, 240).Draw(t, "hours")
	id, err := c.request(owner, legs, c.Now+24*anHour, c.Now+calendar.Instant(hours)*anHour)
	certainly(t, err)
	return id
}

const anHour calendar.Instant = 3_600_000

// disturb has an order of a court come and go.
func disturb(t *rapid.T, c *chain, owner string) {
	if rapid.IntRange(0, 3).Draw(t, "freeze") > 0 {
		return
	}
	var numbers []string
	for _, cert := range c.certificates() {
		numbers = append(numbers, cert.Number)
	}
	out, err := c.freeze(owner, numbers, cell*10)
	certainly(t, err)
	c.Now += calendar.Instant(rapid.IntRange(0, 30).Draw(t, "frozen for")) * anHour
	certainly(t, c.unfreeze(out.ID))
}

// advance brings a financing some of the way, at most to a payment that was accepted.
func advance(t *rapid.T, c *chain, owner, id string) {
	steps := rapid.IntRange(0, 7).Draw(t, "steps")
	if c.financing(id).State == record.FinancingRequested && steps > 0 {
		quotes := map[string]record.Terms{}
		for _, bank := range rapid.Permutation(banks).Draw(t, "banks")[:rapid.IntRange(0, 3).Draw(t, "quotes")] {
			terms := c.drawQuote(t)
			if !refused(t, c.quote(id, bank, terms, c.Now+calendar.Instant(rapid.IntRange(1, 20).Draw(t, "expires"))*anHour)) {
				quotes[bank] = terms
			}
			if rapid.IntRange(0, 3).Draw(t, "withdraw") == 0 {
				_, err := run(c, maker(bank), financing.WithdrawQuote, financing.Argument{ID: id})
				refused(t, err)
			}
		}
		for _, bank := range banks {
			if terms, ok := quotes[bank]; ok && steps > 1 {
				refused(t, c.choose(owner, id, bank, terms))
			}
		}
	}
	f := c.financing(id)
	if f.State != record.FinancingAgreed {
		return
	}
	for i, step := range []func() error{
		func() error { return c.consents(id) },
		func() error {
			_, err := run(c, maker(nameOf(f.Funder)), registration.Record, c.entry(id, record.RegistrationSearch))
			return err
		},
		func() error {
			_, err := run(c, maker(nameOf(f.Funder)), registration.Record, c.entry(id, record.RegistrationInitial))
			return err
		},
		func() error { return c.instruct(id) },
		func() error {
			s := c.settlement(id)
			if s.PayerBank == s.PayeeBank {
				return nil // its advice would settle
			}
			_, err := run(c, maker(nameOf(s.PayerBank)), flow(settlement.Advise), advice(s, "left", c.Now))
			return err
		},
	} {
		if steps < i+3 || refused(t, step()) {
			return
		}
	}
}

// over ends the financing in one of the ways that there are at its stage.
func over(t *rapid.T, c *chain, owner, id string) {
	s := c.settlement(id)
	switch {
	case s.State.Instructed():
		_, err := run(c, maker(nameOf(s.PayerBank)), flow(settlement.NotPaid), settlement.NotPaidArgument{
			ID: id, Reason: "returned", Evidence: digest("slip"),
		})
		certainly(t, err)
	case !settlementOver(c, s) && rapid.Bool().Draw(t, "cancel"):
		by := owner
		if s.State == record.SettlementAgreed && rapid.Bool().Draw(t, "by the bank") {
			by = nameOf(s.Payer)
		}
		_, err := run(c, maker(by), flow(settlement.Cancel), settlement.EndArgument{ID: id, Reason: "changed our mind"})
		certainly(t, err)
	default:
		c.Now = max(c.Now, s.LapsesAt)
	}
	_, err := c.sweep()
	certainly(t, err)
	if c.settlement(id).State.Live() {
		t.Fatalf("settlement %s is still %s", id, c.settlement(id).State)
	}
}

func settlementOver(c *chain, s *record.Settlement) bool {
	return s.LapsesAt != 0 && c.Now >= s.LapsesAt
}
