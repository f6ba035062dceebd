package command

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/settlement"
	"github.com/tierledger/tierledger/node/client"
)

// parsed gives a command's flags the words of a person.
func parsed(t *testing.T, flags func(*pflag.FlagSet), words ...string) *pflag.FlagSet {
	t.Helper()
	f := pflag.NewFlagSet("test", pflag.ContinueOnError)
	flags(f)
	if err := f.Parse(words); err != nil {
		t.Fatal(err)
	}
	return f
}

const aHash = "0101010101010101010101010101010101010101010101010101010101010101"

// A rate and a contract are all that a plain quote needs.
func TestTermsOfFlags(t *testing.T) {
	a := newApp()
	a.home = t.TempDir()
	var plain terms
	parsed(t, plain.flags, "--rate", "2.8", "--contract", aHash)
	got, err := plain.read(a, day(t, "2026-11-26"))
	want := record.Terms{
		Kind: record.SaleWithoutRecourse, Rate: 2_8000, Basis: money.Basis360, Interest: record.InterestPrepaid, Advance: financing.Whole,
		SupplierInterest: financing.Whole, SupplierFee: financing.Whole, ValueDate: day(t, "2026-11-26"), Contract: got.Contract,
	}
	if err != nil || got != want || got.Contract.String() != aHash {
		t.Errorf("%+v, %v", got, err)
	}
	var full terms
	parsed(t, full.flags, "--kind", "pledge", "--rate", "3.1%", "--basis", "365", "--interest", "at-maturity", "--advance", "80",
		"--fee", "100", "--supplier-interest", "100", "--supplier-fee", "50", "--guarantor", aCode, "--guarantee", "1,000.00",
		"--guarantee-fee", "10", "--guarantee-contract", aHash, "--contract", aHash)
	got, err = full.read(a, 0)
	if err != nil || got.Kind != record.PledgeLoan || got.Interest != record.InterestAtMaturity || got.Advance != 80_0000 ||
		got.SupplierInterest != financing.Whole || got.SupplierFee != 50_0000 || got.Guarantee != 1_000_00 || got.Guarantor != aCode || got.Basis != 365 {
		t.Errorf("%+v, %v", got, err)
	}
	full.basis = 364
	if _, err := full.read(a, 0); !code.TermsInvalid.Is(err) {
		t.Errorf("a year of 364 days: %v", err)
	}
}

// An enumeration completes, says its default and refuses other words.
func TestChoicesComplete(t *testing.T) {
	c, _, err := newApp().root().Find([]string{"bank", "quote"})
	if err != nil {
		t.Fatal(err)
	}
	complete, ok := c.GetFlagCompletionFunc("kind")
	if !ok {
		t.Fatal("--kind does not complete")
	}
	if words, _ := complete(c, nil, "sale"); !slices.Equal(words, []string{"sale-with-recourse", "sale-without-recourse"}) {
		t.Errorf("--kind sale completes to %v", words)
	}
	if f := c.Flags().Lookup("kind"); f.DefValue != "sale-without-recourse" {
		t.Errorf("the default is %q", f.DefValue)
	}
	if err := c.Flags().Set("kind", "gift"); err == nil {
		t.Error("a gift is a kind of financing")
	}
}

func TestMomentsAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]string{
		"2026-11-02 14:30":          "2026-11-02T14:30:00.000+08:00",
		"2026-11-02 14:30:05":       "2026-11-02T14:30:05.000+08:00",
		"2026-11-02":                "2026-11-02T00:00:00.000+08:00",
		"2026-11-02T06:30:00Z":      "2026-11-02T14:30:00.000+08:00",
		"2026-11-02T14:30:00+08:00": "2026-11-02T14:30:00.000+08:00",
	} {
		var f instantFlag
		if err := f.Set(text); err != nil || f.String() != want {
			t.Errorf("%s is read as %s, %v", text, f.String(), err)
		}
	}
	if err := new(instantFlag).Set("yesterday"); !code.BadDate.Is(err) {
		t.Errorf("yesterday: %v", err)
	}
}

func TestAnAdviceRepeatsTheSettlement(t *testing.T) {
	s := &record.Settlement{
		ID: "s1", Amount: 99_00, Payer: "B", PayerAccount: "nostro", PayerBank: "B", Payee: "H", PayeeAccount: "main", PayeeBank: "C",
	}
	want := settlement.AdviceArgument{
		Settlement: "s1", Reference: "R1", Amount: 99_00, Payer: "B", PayerAccount: "nostro", Payee: "H", PayeeAccount: "main", Credited: 7,
	}
	if got := adviceOf(s, "R1", 7); got != want {
		t.Errorf("%+v", got)
	}
}

// What is not given of a limit stays as it is.
func TestALimitIsChangedByWhatIsGiven(t *testing.T) {
	old := record.Limit{Of: record.LimitDebtor, Member: "D", Group: "G", Capped: true, Cap: 100_00}
	for _, c := range []struct {
		words []string
		old   record.Limit
		want  credit.LimitArgument
		code  code.Code
	}{
		{words: []string{"--cap", "7"}, old: old, want: credit.LimitArgument{Of: record.LimitDebtor, Member: "D", Group: "G", Cap: 7_00}},
		{words: []string{"--cap", "0"}, old: old, want: credit.LimitArgument{Of: record.LimitDebtor, Member: "D", Group: "G"}},
		{words: []string{"--group", ""}, old: old, want: credit.LimitArgument{Of: record.LimitDebtor, Member: "D", Cap: 100_00}},
		{words: []string{"--lift"}, old: old, want: credit.LimitArgument{Of: record.LimitDebtor, Member: "D", Group: "G", Lift: true}},
		{words: []string{"--group", "K"}, want: credit.LimitArgument{Group: "K", Lift: true}},
		{words: []string{"--cap", "5"}, want: credit.LimitArgument{Cap: 5_00}},
		{words: []string{"--cap", "5", "--lift"}, old: old, code: code.BadArgument},
		{old: old, code: code.BadArgument},
	} {
		var l limit
		f := parsed(t, l.flags, c.words...)
		got, err := l.argument(c.old, f.Changed("cap"), f.Changed("group"))
		if c.code != code.OK && !c.code.Is(err) || c.code == code.OK && (err != nil || got != c.want) {
			t.Errorf("%v: %+v, %v", c.words, got, err)
		}
	}
}

func TestWhichRequestsABankMayQuoteFor(t *testing.T) {
	open := func(change func(*client.Financing)) *client.Financing {
		f := &client.Financing{Financing: record.Financing{Holder: "H", Debtors: []string{"D"}, QuotesUntil: 10, State: record.FinancingRequested}}
		change(f)
		return f
	}
	for name, c := range map[string]struct {
		change func(*client.Financing)
		may    bool
	}{
		"open to all":   {func(*client.Financing) {}, true},
		"invited":       {func(f *client.Financing) { f.Invited = []string{"A", "B"} }, true},
		"others":        {func(f *client.Financing) { f.Invited = []string{"A"} }, false},
		"too late":      {func(f *client.Financing) { f.QuotesUntil = 9 }, false},
		"agreed":        {func(f *client.Financing) { f.State = record.FinancingAgreed }, false},
		"its own":       {func(f *client.Financing) { f.Holder = "B" }, false},
		"its own debts": {func(f *client.Financing) { f.Debtors = []string{"D", "B"} }, false},
	} {
		if got := mayQuote(open(c.change), "B", 9); got != c.may {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// stakesOf are fen of debtor D on tier 2, payable 90 days after a day.
func stakesOf(today calendar.Date, amount money.Fen) []certificate.Stake {
	return []certificate.Stake{{
		Leg: record.Leg{Certificate: "C", Holding: 1, Interval: interval.Of(1, amount)}, Debtor: "D", Payment: today.AddDays(90), Tier: 2,
	}}
}

// A posted rate says what it pays now, or as the ledger would why it does not.
func TestWhatAPostedRatePays(t *testing.T) {
	today := day(t, "2026-11-26")
	c, _ := asking(t)
	terms := c.terms(3_0000)
	terms.ValueDate = 0
	posted := record.PostedRate{
		Bank: "B", ID: "R1", Debtor: "D", Tier: 2, MinDays: 30, MaxDays: 180, Min: 1_00, Max: 2_000_000_00, Volume: 3_000_000_00,
		Terms: terms, From: today, Until: today.AddDays(5),
	}
	for name, made := range map[string]struct {
		change func(*record.PostedRate)
		want   code.Code
	}{
		"it fits":      {func(*record.PostedRate) {}, code.OK},
		"any debtor":   {func(p *record.PostedRate) { p.Debtor, p.Tier, p.Volume = "", 0, 0 }, code.OK},
		"closed":       {func(p *record.PostedRate) { p.Closed = true }, code.RateClosed},
		"over":         {func(p *record.PostedRate) { p.From, p.Until = today.AddDays(-5), today.AddDays(-1) }, code.RateClosed},
		"used up":      {func(p *record.PostedRate) { p.Taken = 2_000_000_01 }, code.RateClosed},
		"its own debt": {func(p *record.PostedRate) { p.Bank, p.Debtor = "D", "" }, code.TransferToDebtor},
		"other debtor": {func(p *record.PostedRate) { p.Debtor = "E" }, code.RateUnfit},
		"too deep":     {func(p *record.PostedRate) { p.Tier = 1 }, code.RateUnfit},
		"too soon":     {func(p *record.PostedRate) { p.MinDays = 91 }, code.RateUnfit},
		"too late":     {func(p *record.PostedRate) { p.MaxDays = 89 }, code.RateUnfit},
		"too much":     {func(p *record.PostedRate) { p.Max = 999_999_99 }, code.RateUnfit},
		"no terms":     {func(p *record.PostedRate) { p.Terms.Fee = 1_000_000_00 }, code.TermsInvalid},
	} {
		p := posted
		made.change(&p)
		o := offerOf(&p, "H", stakesOf(today, 1_000_000_00), today)
		switch {
		case made.want == code.OK && (o.Reason != "" || o.Cost.Net != 992_500_00 || o.Terms.ValueDate != today):
			t.Errorf("%s: %+v", name, o)
		case made.want != code.OK && (!made.want.Is(o.refusal) || o.Cost != (record.Cost{})):
			t.Errorf("%s: %v", name, o.refusal)
		}
	}
	cheap, unfit := posted, posted
	cheap.ID, cheap.Terms.Rate = "R2", 2_0000
	unfit.ID, unfit.Tier = "R0", 1
	list := []offer{}
	for _, p := range []record.PostedRate{unfit, posted, cheap} {
		list = append(list, offerOf(&p, "H", stakesOf(today, 1_000_000_00), today))
	}
	rankOffers(list)
	if list[0].Rate != "R2" || list[1].Rate != "R1" || list[2].Rate != "R0" {
		t.Errorf("the order is %s, %s, %s", list[0].Rate, list[1].Rate, list[2].Rate)
	}
}

func TestWhatADebtorPaysEarly(t *testing.T) {
	today := day(t, "2026-11-26")
	o := record.DiscountOffer{Debtor: "D", ID: "E1", Rate: 3_0000, Basis: 360, MinDays: 30, Volume: 1_000_000_00, From: today, Until: today}
	d, err := discount(&o, stakesOf(today, 1_000_000_00), today, today)
	if err != nil || d.amount != 992_500_00 {
		t.Errorf("%+v, %v", d, err)
	}
	for name, made := range map[string]struct {
		change func(*record.DiscountOffer)
		want   code.Code
	}{
		"closed":       {func(o *record.DiscountOffer) { o.Closed = true }, code.RateClosed},
		"over":         {func(o *record.DiscountOffer) { o.Until = today.AddDays(-1) }, code.RateClosed},
		"used up":      {func(o *record.DiscountOffer) { o.Taken = 1 }, code.RateClosed},
		"too soon":     {func(o *record.DiscountOffer) { o.MinDays = 91 }, code.RateUnfit},
		"other debtor": {func(o *record.DiscountOffer) { o.Debtor = "E" }, code.RateUnfit},
	} {
		changed := o
		made.change(&changed)
		if _, err := discount(&changed, stakesOf(today, 1_000_000_00), today, today); !made.want.Is(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheTierOfSomeFen(t *testing.T) {
	h := &record.Holding{Interval: interval.Of(11, 40), Tiers: []record.TierSpan{{To: 20, Tier: 3}, {To: 40, Tier: 2}}}
	for fen, want := range map[interval.Interval]uint16{
		interval.Of(11, 20): 3, interval.Of(21, 40): 2, interval.Of(20, 21): 3, interval.Of(50, 60): 0,
	} {
		if got := tierOn(h, fen); got != want {
			t.Errorf("fen %s are of tier %d", fen, got)
		}
	}
}

// An instruction is stale when no advice came in time, and then only.
func TestStaleSettlements(t *testing.T) {
	for state, want := range map[record.SettlementState]bool{
		record.SettlementAgreed: false, record.SettlementInstructed: true, record.SettlementAccepted: true, record.SettlementSettled: false,
	} {
		if got := isStale(&record.Settlement{State: state, StaleAt: 5}, 5); got != want {
			t.Errorf("%s is stale: %t", state, got)
		}
	}
	if isStale(&record.Settlement{State: record.SettlementInstructed, StaleAt: 6}, 5) {
		t.Error("it is stale before its time")
	}
}

// Everything that is known of a financing is shown, and nothing that is not.
func TestAFinancingForPeople(t *testing.T) {
	c, _ := asking(t)
	f := &client.Financing{
		Financing: record.Financing{
			ID: "f1", Holder: "H", Amount: 1_000_000_00, Debtors: []string{"D"}, Account: "main", Funder: "B", FunderAccount: "nostro",
			Terms: c.terms(3_0000), State: record.FinancingAgreed, AgreedAt: c.now, RequestedAt: c.now,
			HolderSigned: record.Signature{Member: "H", Person: "maker", At: c.now},
			Duty:         record.RegistrationCancel, DutyBy: c.now, Registered: "R7",
			Cost: record.Cost{Advance: 1_000_000_00, Interest: 7_500_00, DebtorInterest: 7_500_00, Net: 1_000_000_00},
		},
		Quotes: []record.Quote{{Bank: "B", State: record.QuoteChosen, Expires: c.now}},
		Registrations: []record.Registration{
			{Sequence: 1, Kind: record.RegistrationSearch, Number: "R6", Entered: c.now, Corrected: 2},
			{Sequence: 2, Kind: record.RegistrationSearch, Number: "R8", Entered: c.now, Corrects: 1},
		},
		Settlement: record.Settlement{
			ID: "f1", Purpose: record.PurposeFinancing, State: record.SettlementAgreed, LapsesAt: c.now, Payer: "B", PayerAccount: "nostro", PayerBank: "B",
			Legs: []record.Leg{{Certificate: "C", Holding: 3, Interval: interval.Of(1, 1_000_000_00)}},
		},
	}
	var b strings.Builder
	writeFinancing(&b, f, func(id string) string {
		if id == "" {
			return ""
		}
		return "<" + id + ">"
	})
	for _, want := range []string{
		"financing            f1\n", "state                agreed\n", "bank                 <B>\n", "rate                 3.0000 % a year of 360 days\n",
		"net to supplier      ¥1,000,000.00\n", "holder signed        <H> (maker), " + c.now.String(), "awaited              <D>\n",
		"to be registered     cancel, until ", "corrected by entry 2", "corrects entry 1", "pays             <B>, account nostro at <B>\n",
		"C                  3  1,000,000.00  1-100000000\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("it lacks %q:\n%s", want, b.String())
		}
	}
	for _, not := range []string{"guarantor", "posted rate", "is paid", "evidence", "1970"} {
		if strings.Contains(b.String(), not) {
			t.Errorf("it says %q:\n%s", not, b.String())
		}
	}
}

// A request that is over before it begins is refused before anything is signed.
func TestARequestNeedsTime(t *testing.T) {
	for _, r := range []request{{quotesFor: 0}, {quotesFor: time.Hour, open: -time.Hour}} {
		if _, err := r.argument(t.Context(), nil, nil); !code.BadDate.Is(err) {
			t.Errorf("%+v: %v", r, err)
		}
	}
}
