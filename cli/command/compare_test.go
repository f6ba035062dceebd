package command

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/envelope"
)

const compared = "test-net"

func day(t *testing.T, text string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// asking is a request over 1,000,000.00 that is payable in 90 days, with the key of
// its holder on disk.
func asking(t *testing.T) (*comparer, replyKeys) {
	t.Helper()
	keys := replyKeys{filepath.Join(t.TempDir(), "replies")}
	public, err := keys.make()
	if err != nil {
		t.Fatal(err)
	}
	today := day(t, "2026-11-26")
	c := &comparer{
		network: compared,
		request: &record.Financing{
			ID: "f1", Holder: "H", Amount: 1_000_000_00, Debtors: []string{"D"}, ReplyKey: public.Bytes(), State: record.FinancingRequested,
		},
		parts: []financing.Part{{Amount: 1_000_000_00, Payment: today.AddDays(90)}}, now: today.Start() + 1,
	}
	if c.key, c.keyless = keys.find(c.request.ReplyKey); c.keyless != nil {
		t.Fatal(c.keyless)
	}
	return c, keys
}

func (c *comparer) terms(rate money.Rate) record.Terms {
	return record.Terms{
		Kind: record.SaleWithoutRecourse, Rate: rate, Basis: money.Basis360, Interest: record.InterestPrepaid, Advance: financing.Whole,
		SupplierInterest: financing.Whole, SupplierFee: financing.Whole, ValueDate: c.now.Date(), Contract: record.Digest{1},
	}
}

// quoted is a bank's quote as it stands on the ledger.
func (c *comparer) quoted(t *testing.T, bank string, terms record.Terms) record.Quote {
	t.Helper()
	in, err := sealQuote(c.network, c.request, bank, terms)
	if err != nil {
		t.Fatal(err)
	}
	return record.Quote{
		Financing: in.Financing, Bank: bank, Seal: in.Seal, Sealed: in.Sealed, Expires: c.now + 1000, State: record.QuoteSealed,
	}
}

// The cheapest year comes first, then the most money; each row says what the ledger
// would compute when the quote is chosen.
func TestTheBestQuoteComesFirst(t *testing.T) {
	c, _ := asking(t)
	dear, cheap, lower := c.terms(3_0000), c.terms(2_6200), c.terms(2_6200)
	lower.Advance = 90_0000
	quotes := []record.Quote{c.quoted(t, "B1", dear), c.quoted(t, "B2", lower), c.quoted(t, "B3", cheap)}
	list := c.compare(quotes)
	var order []string
	for _, row := range list {
		order = append(order, row.Bank)
		if row.Reason != "" {
			t.Errorf("bank %s: %s", row.Bank, row.Reason)
		}
	}
	if !slices.Equal(order, []string{"B3", "B2", "B1"}) {
		t.Errorf("the order is %v", order)
	}
	if net := list[2].Cost.Net; net != 992_500_00 { // 3 % for 90 days are 7,500.00
		t.Errorf("the dear quote comes to %s", net)
	}
	if list[0].Terms != cheap || list[1].Terms != lower {
		t.Errorf("the terms are %+v and %+v", list[0].Terms, list[1].Terms)
	}
	chosen, err := choose(list, "B1", c.request.ID)
	if err != nil {
		t.Fatal(err)
	}
	if financing.SealOf(c.request.ID, "B1", chosen.salt, chosen.Terms) != quotes[0].Seal {
		t.Error("what would be opened on the ledger does not fit the seal")
	}
	if _, err := choose(list, "B9", c.request.ID); !code.QuoteMissing.Is(err) {
		t.Errorf("a bank that made no quote: %v", err)
	}
}

// spoiled are quotes that are not what their bank sealed for this holder and this
// request, and why they are not.
func (c *comparer) spoiled(t *testing.T) map[string]struct {
	quote record.Quote
	want  code.Code
} {
	t.Helper()
	other, err := envelope.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	good := c.quoted(t, "B1", c.terms(2_0000))
	from := func(change func(*record.Quote)) record.Quote {
		q := good
		q.Sealed = slices.Clone(good.Sealed)
		change(&q)
		return q
	}
	elsewhere := func(change func(*record.Financing)) record.Quote {
		request := *c.request
		change(&request)
		another := *c
		another.request = &request
		return another.quoted(t, "B1", c.terms(2_0000))
	}
	nonsense, err := envelope.Seal([]byte(`{"salt":"00","terms":{}}`), financing.SealContext(compared, "f1", "B1"),
		[]envelope.PublicKey{c.key.Public()})
	if err != nil {
		t.Fatal(err)
	}
	return map[string]struct {
		quote record.Quote
		want  code.Code
	}{
		"the same terms under another salt": {from(func(q *record.Quote) { q.Seal = c.quoted(t, "B1", c.terms(2_0000)).Seal }), code.QuoteAltered},
		"a changed byte":                    {from(func(q *record.Quote) { q.Sealed[len(q.Sealed)-1]++ }), code.QuoteAltered},
		"copied by another bank":            {from(func(q *record.Quote) { q.Bank = "B2" }), code.QuoteAltered},
		"of another request":                {elsewhere(func(f *record.Financing) { f.ID = "f2" }), code.QuoteAltered},
		"sealed to another key":             {elsewhere(func(f *record.Financing) { f.ReplyKey = other.Public().Bytes() }), code.BadKey},
		"nothing sealed":                    {from(func(q *record.Quote) { q.Sealed = []byte("hello") }), code.QuoteAltered},
		"not a quote":                       {from(func(q *record.Quote) { q.Sealed = nonsense }), code.QuoteAltered},
	}
}

// What is not what its bank sealed for this holder and this request says why, shows
// no terms and comes last.
func TestAQuoteThatDoesNotFitIsShownWithItsReason(t *testing.T) {
	c, _ := asking(t)
	for name, spoiled := range c.spoiled(t) {
		list := c.compare([]record.Quote{spoiled.quote, c.quoted(t, "B9", c.terms(9_0000))})
		if list[0].Bank != "B9" {
			t.Errorf("%s: it comes before a quote that can be chosen", name)
		}
		row := list[1]
		if row.Terms != (record.Terms{}) || row.Cost != (record.Cost{}) || !strings.HasPrefix(row.Reason, spoiled.want.String()) {
			t.Errorf("%s: %s, %+v", name, row.Reason, row.Terms)
		}
		if _, err := choose(list, spoiled.quote.Bank, "f1"); !spoiled.want.Is(err) {
			t.Errorf("%s: chosen with %v", name, err)
		}
	}
}

// What ended, and what the ledger would refuse when it is chosen, is shown with its
// terms and cannot be chosen.
func TestAQuoteThatCannotBeChosenSaysWhy(t *testing.T) {
	c, _ := asking(t)
	good := c.quoted(t, "B1", c.terms(2_0000))
	as := func(change func(*comparer, *record.Quote)) (*comparer, record.Quote) {
		request, q, changed := *c.request, good, *c
		changed.request = &request
		change(&changed, &q)
		return &changed, q
	}
	for name, made := range map[string]struct {
		change func(*comparer, *record.Quote)
		want   code.Code
	}{
		"expired":        {func(c *comparer, q *record.Quote) { q.Expires = c.now }, code.QuoteExpired},
		"swept":          {func(_ *comparer, q *record.Quote) { q.State = record.QuoteExpired }, code.QuoteExpired},
		"withdrawn":      {func(_ *comparer, q *record.Quote) { q.State = record.QuoteWithdrawn }, code.QuoteMissing},
		"chosen":         {func(_ *comparer, q *record.Quote) { q.State = record.QuoteChosen }, code.QuoteMissing},
		"over":           {func(c *comparer, _ *record.Quote) { c.request.State = record.FinancingLapsed }, code.FinancingState},
		"a day too late": {func(c *comparer, q *record.Quote) { c.now, q.Expires = c.now+86_400_000, c.now+90_000_000 }, code.TermsInvalid},
		"paid too early": {func(c *comparer, _ *record.Quote) {
			c.parts = []financing.Part{{Amount: 100, Payment: c.now.Date()}}
		}, code.TermsInvalid},
		"two debtors share": {func(c *comparer, q *record.Quote) {
			terms := c.terms(2_0000)
			terms.SupplierInterest = 50_0000
			c.request.Debtors = []string{"D", "E"}
			*q = c.quoted(t, "B1", terms)
		}, code.TermsInvalid},
		"its own guarantor": {func(c *comparer, q *record.Quote) {
			terms := c.terms(2_0000)
			terms.Guarantor, terms.Guarantee, terms.GuaranteeContract = aCode, 1_00, record.Digest{2}
			c.request.Holder = aCode
			*q = c.quoted(t, "B1", terms)
		}, code.TermsInvalid},
	} {
		changed, q := as(made.change)
		list := changed.compare([]record.Quote{q})
		if !strings.HasPrefix(list[0].Reason, made.want.String()) || list[0].Terms.Kind == 0 {
			t.Errorf("%s: %q", name, list[0].Reason)
		}
		if _, err := choose(list, "B1", "f1"); !made.want.Is(err) {
			t.Errorf("%s: chosen with %v", name, err)
		}
	}
}

// aCode is a social credit code with good check digits.
const aCode = "91330100MA0AUD1T2U"

// A bank does not seal what the ledger would refuse once it is open.
func TestTermsThatNoFinancingHasAreNotSealed(t *testing.T) {
	c, _ := asking(t)
	terms := c.terms(2_0000)
	terms.Contract = record.Digest{}
	if _, err := sealQuote(c.network, c.request, "B1", terms); !code.TermsInvalid.Is(err) {
		t.Errorf("without a contract: %v", err)
	}
	request := *c.request
	request.ReplyKey = []byte("no key")
	if _, err := sealQuote(c.network, &request, "B1", c.terms(2_0000)); !code.BadKey.Is(err) {
		t.Errorf("to no key: %v", err)
	}
}

// The private half is its owner's alone, and only where the request was made.
func TestReplyKeysAreKeptBesideTheRequest(t *testing.T) {
	c, keys := asking(t)
	files, err := os.ReadDir(keys.dir)
	if err != nil || len(files) != 1 || files[0].Name() != c.key.Public().ID().String() {
		t.Fatalf("there are %v, %v", files, err)
	}
	path := filepath.Join(keys.dir, files[0].Name())
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v", info.Mode())
	}
	if _, err := (replyKeys{t.TempDir()}).find(c.request.ReplyKey); !code.BadKey.Is(err) || !strings.Contains(err.Error(), "not made here") {
		t.Errorf("elsewhere: %v", err)
	}
	if err := os.WriteFile(path, make([]byte, envelope.PrivateKeySize), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.find(c.request.ReplyKey); !code.BadKey.Is(err) {
		t.Errorf("another key in its place: %v", err)
	}
	elsewhere := *c
	elsewhere.key, elsewhere.keyless = (replyKeys{t.TempDir()}).find(c.request.ReplyKey)
	list := elsewhere.compare([]record.Quote{c.quoted(t, "B1", c.terms(2_0000))})
	if !strings.HasPrefix(list[0].Reason, "BAD_KEY") {
		t.Errorf("without the key: %q", list[0].Reason)
	}
}

// People see side by side what matters, and why a quote is out of the question.
func TestTheComparisonForPeople(t *testing.T) {
	c, _ := asking(t)
	terms := c.terms(3_0000)
	terms.Kind, terms.Fee, terms.SupplierInterest = record.SaleWithRecourse, 300_00, 50_0000
	altered := c.quoted(t, "B2", c.terms(1_0000))
	altered.Seal = record.Digest{}
	list := c.compare([]record.Quote{altered, c.quoted(t, "B1", terms)})
	var b strings.Builder
	writeComparison(&b, list, func(id string) string { return "bank " + id })
	expires := list[0].Expires.String()
	want := `
BANK     KIND  RECOURSE  RATE %  INTEREST  ADVANCE %    FEES     YOU GET  ALL-IN %  EXPIRES
bank B1  sale  yes       3.0000  prepaid    100.0000  300.00  995,950.00    1.6492  ` + expires + `  the debtor bears ¥3,750.00
bank B2                                                                             ` + expires + `  QUOTE_ALTERED: its terms do not fit the bank's seal on the ledger
`
	if got := "\n" + b.String(); got != want {
		t.Errorf("got%s\nwant%s", got, want)
	}
}
