package audit

import (
	"maps"
	"slices"

	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// books are what certificates, financings and pledges say was paid, and what the
// settlements say. They are filled while the state is read and compared at the end.
type books struct {
	certificates map[string]*book
	excess       map[string]money.Fen   // of legs, less what is owed back
	given        map[toFunder]money.Fen // money of legs of a financing or pledge, by whom it is for
	taken        map[toFunder]money.Fen // likewise, what a court has sent to another
	cleared      map[string]cleared     // by financing, as settlements say
	pledges      map[string]pledged
}

// book is one certificate's.
type book struct {
	there                                            bool
	face, redeemed, discount, accrued, given, waiver money.Fen // as the certificate says
	paid, interest, waived, owed                     money.Fen // as settlements and waivers say
}

// toFunder is a financing, or a pledge, with somebody who is paid under it.
type toFunder struct{ under, payee string }

// pledged is what a pledge says of its pledgee.
type pledged struct {
	pledgee string
	cleared money.Fen
}

// cleared is what settlements say of a financing.
type cleared struct {
	fen        money.Fen // that legs have redeemed, or that seller or guarantor paid for
	recourse   money.Fen // money that seller, borrower and guarantor pay
	guaranteed money.Fen // of it: the guarantor
}

func newBooks() *books {
	return &books{
		certificates: map[string]*book{}, excess: map[string]money.Fen{}, given: map[toFunder]money.Fen{}, taken: map[toFunder]money.Fen{},
		cleared: map[string]cleared{}, pledges: map[string]pledged{},
	}
}

func (b *books) of(certificate string) *book {
	if b.certificates[certificate] == nil {
		b.certificates[certificate] = &book{}
	}
	return b.certificates[certificate]
}

func (b *books) certificate(cert *record.Certificate) {
	c := b.of(cert.Number)
	c.there, c.redeemed, c.discount = true, cert.Redeemed, cert.Discount
	c.accrued, c.given, c.waiver = cert.Accrued, cert.Interest, cert.Waived
	if cert.State == record.Active {
		c.face = cert.Face
	}
}

// settlement notes what a settlement has paid, or is paying.
func (b *books) settlement(s *record.Settlement) {
	onItsWay := s.State.Live() || s.State == record.SettlementSettled || s.Kept
	if s.Effect == record.EffectRedeem && s.State == record.SettlementSettled {
		for i, leg := range s.Legs {
			share := leg.Interval.Amount()
			if i < len(s.Shares) {
				share = s.Shares[i]
			}
			b.of(leg.Certificate).paid += share
		}
	}
	switch s.Purpose {
	case record.PurposeLateInterest:
		if s.State == record.SettlementSettled {
			b.of(s.Certificate).interest += s.Amount
		} else if s.State.Live() {
			b.of(s.Certificate).owed += s.Amount
		}
	case record.PurposeRefund:
		b.excess[s.Follows] -= s.Amount
	case record.PurposeClearing:
		if s.Excess != 0 {
			b.excess[s.ID] += s.Excess
		}
		if onItsWay {
			b.leg(s)
		}
	case record.PurposeRecourse, record.PurposeGuarantee:
		if onItsWay {
			b.recovery(s)
		}
	default:
	}
}

// leg notes a leg that is under way, kept or paid, for whom its money is: a pledgee, or a
// bank, also when a court takes it in the bank's place.
func (b *books) leg(s *record.Settlement) {
	switch {
	case s.Pledge != "":
		b.given[toFunder{s.Pledge, s.Payee}] += s.Amount
	case s.Financing != "":
		if s.Payee == s.For {
			b.given[toFunder{s.Financing, s.For}] += s.Amount
		} else {
			b.taken[toFunder{s.Financing, s.For}] += s.Amount
		}
	}
	if s.State == record.SettlementSettled && s.Financing != "" {
		c := b.cleared[s.Financing]
		c.fen += s.Fen
		b.cleared[s.Financing] = c
	}
}

// recovery notes what a seller, borrower or guarantor pays, or has paid.
func (b *books) recovery(s *record.Settlement) {
	c := b.cleared[s.Financing]
	c.recourse += s.Amount
	if s.Purpose == record.PurposeGuarantee {
		c.guaranteed += s.Amount
	}
	if s.State == record.SettlementSettled {
		c.fen += s.Fen
	}
	b.cleared[s.Financing] = c
}

// compareBooks reports what does not add up: per certificate, in total, per financing
// and per pledge.
func (c *check) compareBooks() {
	var all book
	for _, number := range slices.Sorted(maps.Keys(c.books.certificates)) {
		b := c.books.certificates[number]
		c.compareBook(number, b)
		all.face += b.face
		all.redeemed += b.redeemed
		all.discount += b.discount
		all.accrued += b.accrued
		all.paid += b.paid
		all.interest += b.interest
		all.waived += b.waived
		all.owed += b.owed
	}
	paid, open := all.paid+all.interest, all.face-all.redeemed+all.owed
	if paid+all.discount+all.waived+open != all.face+all.accrued {
		c.report.found(Identity, "all certificates", "paid %s, discount %s, waived %s and open %s are not face %s and accrued %s",
			paid, all.discount, all.waived, open, all.face, all.accrued)
	}
	for _, id := range slices.Sorted(maps.Keys(c.books.excess)) {
		if left := c.books.excess[id]; left > 0 {
			c.report.found(Identity, id, "%s more arrived than was owed, and is not given back", left)
		} else if left < 0 {
			c.report.found(Identity, id, "%s are given back that did not arrive", -left)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.books.pledges)) {
		p := c.books.pledges[id]
		if given := c.books.given[toFunder{id, p.pledgee}]; given != p.cleared {
			c.report.found(Cleared, id, "it says that the pledgee got %s of its legs; by them %s", p.cleared, given)
		}
	}
}

func (c *check) compareBook(number string, b *book) {
	found := func(format string, args ...any) { c.report.found(Identity, number, format, args...) }
	if !b.there {
		found("%s paid and %s of interest for a certificate that is not there", b.paid, b.interest+b.waived+b.owed)
		return
	}
	if b.paid+b.discount != b.redeemed {
		found("paid %s and given up %s for early payments, redeemed %s", b.paid, b.discount, b.redeemed)
	}
	if b.interest != b.given || b.waived != b.waiver {
		found("late interest of %s was paid and %s given up; it says %s and %s", b.interest, b.waived, b.given, b.waiver)
	}
	if b.interest+b.waived+b.owed != b.accrued {
		found("late interest of %s was paid, %s given up and %s is owed; it says that %s accrued", b.interest, b.waived, b.owed, b.accrued)
	}
}

// compareCleared holds what a financing says was cleared against the legs to its bank
// and what seller and guarantor were asked for.
func (c *check) compareCleared(id string, f *financed) {
	is := c.books.cleared[id]
	got := c.books.given[toFunder{id, f.funder}] + is.recourse
	if f.kind != record.PledgeLoan { // a bank that owns the fen is paid through who takes its money
		got += c.books.taken[toFunder{id, f.funder}]
	}
	if f.cleared != got || f.clearedFen != is.fen || f.guaranteed != is.guaranteed {
		c.report.found(Cleared, id, "it says that %s for %s of fen were cleared and %s guaranteed; by its settlements %s for %s and %s",
			f.cleared, f.clearedFen, f.guaranteed, got, is.fen, is.guaranteed)
	}
}

// comparePooled reports money that did not go straight from an account of one member to
// that of another (NO-POOLING): the ledger itself never has any.
func (c *check) comparePooled(id string, s *settled) {
	if !s.instructed {
		return
	}
	found := func(format string, args ...any) { c.report.found(Pooling, id, format, args...) }
	if s.payer == s.payee {
		found("member %s pays itself", s.payer)
	}
	c.pooledSide(found, s.payer, s.payerAccount, s.payerBank)
	c.pooledSide(found, s.payee, s.payeeAccount, s.payeeBank)
}

func (c *check) pooledSide(found func(string, ...any), member, account, bank string) {
	if at, ok := c.links.accounts[string(record.AccountKey(member, account))]; !c.links.members[member] || !ok || at != bank || bank == "" {
		found("account %q of %q at bank %q is none of the ledger's", account, member, bank)
	}
}
