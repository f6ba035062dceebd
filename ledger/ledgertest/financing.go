package ledgertest

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/store"
)

// AccountID is every member's own word for the account that Accounts gives it.
const AccountID = "main"

// Accounts gives members an account each at a bank, confirmed and usable: the
// cooling-off time passes.
func (l *Ledger) Accounts(bank string, aliases ...string) {
	l.Helper()
	for _, alias := range aliases {
		l.Account(alias, AccountID, bank)
	}
	l.Now = l.Now.Add(24 * time.Hour)
}

// Account gives a member an account at a bank, which the bank confirms. It is usable
// after the cooling-off time.
func (l *Ledger) Account(alias, id, bank string) {
	l.Helper()
	l.Approve(alias+"/maker", "member:ProposeAccount", map[string]any{
		"id": id, "bank": l.IDs[bank], "commitment": Fingerprint("account of " + alias), "sealed": []byte("sealed"),
	}, alias+"/checker")
	l.Must(bank+"/maker", "member:ConfirmAccount", map[string]any{"member": l.IDs[alias], "account": id})
}

// Terms are those of a financing at 3.6 percent over 360 days, interest prepaid by
// the supplier. The value date is left out, as in a posted rate.
func Terms(kind record.FinancingKind) record.Terms {
	return record.Terms{
		Kind: kind, Rate: 36_000, Basis: money.Basis360, Interest: record.InterestPrepaid, Advance: financing.Whole,
		SupplierInterest: financing.Whole, SupplierFee: financing.Whole, Contract: Fingerprint("contract of " + kind.String()),
	}
}

// Read reads a record of the committed state, nil when there is none.
func Read[T any](l *Ledger, key record.Key[T]) *T {
	l.Helper()
	data, err := l.Store.Get(store.State, []byte(key))
	if err != nil {
		l.Fatal(err)
	}
	if data == nil {
		return nil
	}
	v := new(T)
	if err := record.Decode(data, v); err != nil {
		l.Fatal(err)
	}
	return v
}

// Leg is some fen of a holding as it stands.
func (l *Ledger) Leg(certificate string, holding uint32, fen interval.Interval) record.Leg {
	l.Helper()
	h := Read(l, record.HoldingKey(certificate, holding))
	if h == nil {
		l.Fatalf("certificate %s has no holding %d", certificate, holding)
	}
	return record.Leg{Certificate: certificate, Holding: holding, Version: h.Version, Interval: fen}
}

// PartsOf are legs as financing.CostOf takes them.
func (l *Ledger) PartsOf(legs []record.Leg) []financing.Part {
	l.Helper()
	var parts []financing.Part
	for _, leg := range legs {
		c := Read(l, record.CertificateKey(leg.Certificate))
		parts = append(parts, financing.Part{Amount: leg.Interval.Amount(), Payment: c.Payment})
	}
	return parts
}

// PostRate posts a rate of a bank for every debtor, term and size, for a year.
func (l *Ledger) PostRate(bank, id string, terms record.Terms) {
	l.Helper()
	day := l.Now.Date()
	l.Must(bank+"/maker", "financing:PostRate", financing.RateArgument{
		ID: id, MaxDays: 366, Min: 1, Max: 1e12, Terms: terms, Account: AccountID, From: day, Until: day.AddDays(365),
	})
}

// TakeRate takes a bank's posted rate for legs of a holder and returns the id of the
// financing, which is agreed now.
func (l *Ledger) TakeRate(holder, bank, rate string, legs ...record.Leg) string {
	l.Helper()
	posted := Read(l, record.RateKey(l.IDs[bank], rate))
	terms := posted.Terms
	terms.ValueDate = l.Now.Date().AddDays(int(posted.ValueDays))
	cost, err := financing.CostOf(terms, l.PartsOf(legs))
	if err != nil {
		l.Fatal(err)
	}
	var made financing.AgreedResult
	l.Must(holder+"/maker", "financing:TakeRate", financing.TakeRateArgument{
		Bank: l.IDs[bank], Rate: rate, Terms: posted.Terms, Legs: legs, Account: AccountID, Net: cost.Net,
	}, &made)
	return made.ID
}

// Request has a holder ask all banks for quotes within a day and returns the id of
// the financing.
func (l *Ledger) Request(holder string, legs ...record.Leg) string {
	l.Helper()
	until := l.Now.Add(24 * time.Hour)
	var made financing.RequestResult
	l.Must(holder+"/maker", "financing:Request", financing.RequestArgument{
		Legs: legs, Account: AccountID, QuotesUntil: until, LapsesAt: until, ReplyKey: []byte("key"),
	}, &made)
	return made.ID
}

// Quote has a bank quote terms for a request, for 12 hours. What it seals is noise;
// Select opens it with the same terms.
func (l *Ledger) Quote(bank, id string, terms record.Terms) {
	l.Helper()
	l.Must(bank+"/maker", "financing:Quote", financing.QuoteArgument{
		Financing: id, Account: AccountID, Seal: financing.SealOf(id, l.IDs[bank], financing.Salt{}, terms),
		Sealed: []byte("sealed"), Expires: l.Now.Add(12 * time.Hour),
	})
}

// Select has the holder take a bank's quote, which is agreed now.
func (l *Ledger) Select(holder, bank, id string, terms record.Terms) {
	l.Helper()
	cost, err := financing.CostOf(terms, l.PartsOf(Read(l, record.SettlementKey(id)).Legs))
	if err != nil {
		l.Fatal(err)
	}
	l.Must(holder+"/maker", "financing:Select", financing.SelectArgument{ID: id, Bank: l.IDs[bank], Terms: terms, Net: cost.Net})
}

// Register records the search and the initial registration of a financing, valid
// for two years.
func (l *Ledger) Register(bank, id string) {
	l.Helper()
	for _, entry := range []map[string]any{
		{"kind": "search"}, {"kind": "initial", "until": l.Now.Date().AddDays(730)},
	} {
		entry["financing"], entry["number"], entry["entered"] = id, fmt.Sprint("registry ", id), l.Now
		entry["proof"] = Fingerprint("registry " + id)
		l.Must(bank+"/maker", "registration:Record", entry)
	}
}

// Pay has the payer's bank instruct a settlement and the payee's bank advise that the
// money arrived: it is settled.
func (l *Ledger) Pay(id string) {
	l.Helper()
	s := Read(l, record.SettlementKey(id))
	l.Must(l.AliasOf(s.PayerBank)+"/maker", "settlement:Instruct", map[string]any{"id": id})
	l.Must(l.AliasOf(s.PayeeBank)+"/maker", "settlement:Advise", l.AdviceOf(id, "advice "+id))
}

// AdviceOf is what a bank advises of a settlement under a reference of its own.
func (l *Ledger) AdviceOf(id, reference string) map[string]any {
	l.Helper()
	s := Read(l, record.SettlementKey(id))
	return map[string]any{
		"settlement": id, "reference": reference, "amount": s.Amount, "payer": s.Payer, "payerAccount": s.PayerAccount,
		"payee": s.Payee, "payeeAccount": s.PayeeAccount, "credited": l.Now,
	}
}

// AliasOf is the short name of a member.
func (l *Ledger) AliasOf(member string) string {
	l.Helper()
	for _, alias := range slices.Sorted(maps.Keys(l.IDs)) { // a stranger of the hostile corpus claims to be a bank
		if l.IDs[alias] == member {
			return alias
		}
	}
	l.Fatalf("nobody is member %s", member)
	return ""
}

// Finance runs a financing under a bank's posted rate to its disbursement and
// returns its id.
func (l *Ledger) Finance(holder, bank, rate string, legs ...record.Leg) string {
	l.Helper()
	id := l.TakeRate(holder, bank, rate, legs...)
	l.Register(bank, id)
	l.Pay(id)
	return id
}
