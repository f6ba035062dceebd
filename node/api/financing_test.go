package api_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/node/client"
)

// admit makes a member with a maker and a checker, by a motion of the banks where
// its role needs one. It runs no validator.
func (n *node) admit(alias string, roles record.Roles) {
	n.Helper()
	sum := sha256.Sum256([]byte("admitted " + alias))
	id, err := number.CompleteSocialCredit(fmt.Sprintf("91330100%09d", binary.BigEndian.Uint32(sum[:])%1e9))
	if err != nil {
		n.Fatal(err)
	}
	n.IDs[alias] = id
	in := member.EnrolArgument{ID: id, Name: alias, Class: record.LargeEnterprise, Roles: roles}
	for person, may := range map[string]record.PersonRoles{
		"admin1": record.Admin, "admin2": record.Admin, "maker": record.Maker, "checker": record.Checker,
	} {
		key, err := credential.Generate(credential.EdDSA, rand.Reader)
		if err != nil {
			n.Fatal(err)
		}
		possession, err := credential.SignPossession(key, ledgertest.Network, id, person)
		if err != nil {
			n.Fatal(err)
		}
		n.Keys[alias+"/"+person] = key
		in.Credentials = append(in.Credentials, member.CredentialArgument{
			Person: person, Roles: may, PublicKey: key.Public().SPKI(), Possession: possession,
			NotBefore: ledgertest.Start, NotAfter: ledgertest.Start.Add(5 * 365 * 24 * time.Hour),
		})
	}
	if !roles.Any(record.Funder) {
		n.Must("bank1/maker", "member:Enrol", in)
		return
	}
	if o := n.Approve("bank1/maker", "member:AdmitInstitution", in, "bank2/maker", "bank3/maker"); o.Code != 0 {
		n.Fatalf("admit %s: %s %s", alias, code.Code(o.Code), o.Detail)
	}
}

// market is a certificate of core, held by tier1, two banks without a validator
// that compete for it, a guarantor, and an outsider. The account of tier1 is kept
// with the rival.
type market struct {
	*node
	certificate string
}

var marketPeople = []string{ //nolint:gochecknoglobals // the members of a market
	"core/maker", "tier1/maker", "tier2/maker", "house/maker", "rival/maker", "surety/maker", "outsider/maker",
}

func openMarket(t *testing.T) *market {
	t.Helper()
	m := &market{node: newNode(t)}
	for _, alias := range []string{"core", "tier1", "tier2", "outsider"} {
		m.Enrol(alias)
	}
	m.admit("house", record.Funder)
	m.admit("rival", record.Funder)
	m.admit("surety", record.Guarantor)
	m.Accounts("house", "house", "core", "surety")
	m.Accounts("rival", "rival", "tier1")
	m.certificate = m.Issue("core", "tier1", "first", "1000000.00", 1)
	return m
}

// seen checks who is answered, and that the others get the very same answer as for
// what does not exist.
func (m *market) seen(stage, path, absent string, see ...string) {
	m.Helper()
	for _, who := range marketPeople {
		a := m.ask(who, http.MethodGet, path, "")
		if slices.Contains(see, who) {
			if a.status != http.StatusOK {
				m.Errorf("%s: %s asks for %s: %d %s", stage, who, path, a.status, a.body)
			}
			continue
		}
		if a.status != http.StatusForbidden || a.code(m) != "NOT_AUTHORISED" {
			m.Errorf("%s: %s asks for %s: %d %s", stage, who, path, a.status, a.body)
		}
		if b := m.ask(who, http.MethodGet, absent, ""); a.status != b.status || a.body != b.body {
			m.Errorf("%s: %s can tell what exists: %d %s, absent %d %s", stage, who, a.status, a.body, b.status, b.body)
		}
	}
	for _, who := range []string{"auditor/maker", "operator/maker", "bank1/maker"} {
		if a := m.ask(who, http.MethodGet, path, ""); a.status != http.StatusOK {
			m.Errorf("%s: %s asks for %s: %d %s", stage, who, path, a.status, a.body)
		}
	}
}

// listed checks who finds a financing in its list, of those that ask for a state.
func (m *market) listed(id string, state record.FinancingState, see ...string) {
	m.Helper()
	for _, who := range append([]string{"auditor/maker"}, marketPeople...) {
		rows, err := collect(m.client(who).Financings(m.Context(), client.FinancingFilter{State: state}))
		if err != nil {
			m.Fatal(err)
		}
		found := slices.ContainsFunc(rows, func(r record.FinancingRow) bool { return r.ID == id })
		if want := who == "auditor/maker" || slices.Contains(see, who); found != want {
			m.Errorf("%s lists the %s ones: %+v", who, state, rows)
		}
	}
}

// A financing from the request to the money, as everybody sees it at every stage.
func TestAFinancingAsItsPartiesSeeIt(t *testing.T) {
	m := openMarket(t)
	ctx := t.Context()
	id := m.Request("tier1", m.Leg(m.certificate, 1, interval.Of(1, 60_000_000)))
	path, none := "/v1/financings/"+id, "/v1/financings/none"
	certificate, absent := "/v1/certificates/"+m.certificate, "/v1/certificates/"+m.certificate[:len(m.certificate)-3]+"000"
	settlement, noSettlement := "/v1/settlements/"+id, "/v1/settlements/none"

	m.seen("requested", path, none, "tier1/maker", "house/maker", "rival/maker")
	m.seen("requested", certificate, absent, "core/maker", "tier1/maker", "house/maker", "rival/maker")
	m.seen("requested", settlement, noSettlement, "tier1/maker", "rival/maker") // the rival keeps the account
	m.listed(id, record.FinancingRequested, "tier1/maker", "house/maker", "rival/maker")
	if a := m.ask("tier1/maker", http.MethodGet, path+"/registry-text", ""); a.code(t) != "FINANCING_STATE" {
		t.Errorf("the text of a request: %d %s", a.status, a.body)
	}

	terms := ledgertest.Terms(record.SaleWithRecourse)
	terms.ValueDate, terms.Guarantor = m.Now.Date(), m.IDs["surety"]
	terms.Guarantee, terms.GuaranteeContract = 60_000_000, ledgertest.Fingerprint("guarantee")
	m.Quote("house", id, terms)
	m.Quote("rival", id, terms)
	for who, want := range map[string]int{"tier1/maker": 2, "house/maker": 1, "rival/maker": 1, "auditor/maker": 2} {
		f, err := m.client(who).Financing(ctx, id)
		if err != nil || len(f.Quotes) != want || f.Terms.Kind != 0 || f.Settlement.Fen != 60_000_000 || f.State != record.FinancingRequested {
			t.Errorf("%s sees %+v, %v", who, f, err)
		}
	}

	m.Select("tier1", "house", id, terms)
	m.seen("agreed", path, none, "core/maker", "tier1/maker", "house/maker", "surety/maker")
	m.seen("agreed", path+"/registry-text", none+"/registry-text", "tier1/maker", "house/maker")
	m.seen("agreed", certificate, absent, "core/maker", "tier1/maker", "house/maker", "surety/maker")
	m.seen("agreed", settlement, noSettlement, "tier1/maker", "house/maker", "rival/maker")
	m.listed(id, record.FinancingAgreed, "core/maker", "tier1/maker", "house/maker")
	m.agreed(t, id)

	m.Must("surety/maker", "financing:Guarantee", map[string]any{"id": id, "account": ledgertest.AccountID})
	m.Register("house", id)
	m.Must("house/maker", "settlement:Instruct", map[string]any{"id": id})
	if c, err := m.client("tier1/maker").Certificate(ctx, m.certificate); err != nil || !slices.Contains(c.Flags, "disbursing") {
		t.Errorf("instructed: %+v, %v", c, err)
	}
	m.Must("rival/maker", "settlement:Advise", m.AdviceOf(id, "a/1"))
	m.seen("disbursed", path, none, "core/maker", "tier1/maker", "house/maker", "surety/maker")
	m.seen("disbursed", certificate, absent, "core/maker", "tier1/maker", "house/maker", "surety/maker")
	m.listed(id, record.FinancingDisbursed, "core/maker", "tier1/maker", "house/maker")
	m.disbursed(t, id)
}

// agreed checks what each sees of terms and money once a quote was chosen.
func (m *market) agreed(t *testing.T, id string) {
	t.Helper()
	for who, sees := range map[string]bool{"tier1/maker": true, "house/maker": true, "surety/maker": true, "core/maker": false} {
		f, err := m.client(who).Financing(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if sees != (f.Terms.Rate != 0) || sees != (f.Cost.Net != 0) || sees != (f.Settlement.Amount != 0) || len(f.Settlement.Legs) != 1 {
			t.Errorf("%s sees %+v", who, f)
		}
	}
	for who, sees := range map[string]bool{"tier1/maker": true, "house/maker": true, "core/maker": false} {
		rows, err := collect(m.client(who).Financings(t.Context(), client.FinancingFilter{Member: m.IDs[strings.TrimSuffix(who, "/maker")]}))
		if err != nil || len(rows) != 1 || sees != (rows[0].Net != 0) || rows[0].Amount != 60_000_000 {
			t.Errorf("%s lists %+v, %v", who, rows, err)
		}
	}
	text, err := m.client("house/maker").RegistryText(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"应收账款转让（有追索权）", "转让人：tier1（统一社会信用代码 " + m.IDs["tier1"] + "）", "受让人：house", "融资编号：" + id,
		m.certificate + " 第 1 至 60000000 分", "付款方 core",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the registry's text has no %q: %s", want, text)
		}
	}
}

// disbursed checks what is left when the money has arrived.
func (m *market) disbursed(t *testing.T, id string) {
	t.Helper()
	ctx := t.Context()
	house := m.client("house/maker")
	f, err := house.Financing(ctx, id)
	if err != nil || f.State != record.FinancingDisbursed || f.Outstanding != 60_000_000 || f.Settlement.State != record.SettlementSettled {
		t.Errorf("%+v, %v", f, err)
	}
	if len(f.Registrations) != 2 || f.Registrations[1].Kind != record.RegistrationInitial || f.Registrations[1].Until == 0 {
		t.Errorf("registrations: %+v", f.Registrations)
	}
	c, err := house.Certificate(ctx, m.certificate)
	if err != nil || !slices.Contains(c.Flags, "financed") || slices.Contains(c.Flags, "disbursing") {
		t.Errorf("%+v, %v", c, err)
	}
	if i := slices.IndexFunc(c.Holdings, func(h record.Holding) bool { return h.Owner == m.IDs["house"] }); i < 0 ||
		c.Holdings[i].Claim.Recourse != m.IDs["tier1"] || c.Holdings[i].Claim.Guarantor != m.IDs["surety"] {
		t.Errorf("holdings: %+v", c.Holdings)
	}
	for who, want := range map[string]int{"house/maker": 1, "tier1/maker": 1, "rival/maker": 1, "core/maker": 0, "outsider/maker": 0, "auditor/maker": 1} {
		for filter, found := range map[client.SettlementFilter]int{
			{}: want, {State: record.SettlementSettled, Purpose: record.PurposeFinancing}: want,
			{State: record.SettlementOpen}: 0, {Purpose: record.PurposeDiscount}: 0,
		} {
			got, err := collect(m.client(who).Settlements(ctx, filter))
			if err != nil || len(got) != found {
				t.Errorf("%s lists settlements %+v: %+v, %v", who, filter, got, err)
			}
		}
	}
	limits, err := collect(house.Limits(ctx, ""))
	if err != nil || len(limits) != 2 || limits[0].Of != record.LimitDebtor || limits[0].Used != 60_000_000 {
		t.Errorf("limits: %+v, %v", limits, err)
	}
}

// request asks only these banks to quote for a piece of 10,000.00 of the
// certificate, counted from its low end.
func (m *market) request(piece money.Fen, invited ...string) (id string) {
	m.Helper()
	const size = 1_000_000
	var ids []string
	for _, alias := range invited {
		ids = append(ids, m.IDs[alias])
	}
	until := m.Now.Add(24 * time.Hour)
	var made struct {
		ID string `json:"id"`
	}
	m.Must("tier1/maker", "financing:Request", map[string]any{
		"legs":    []record.Leg{m.Leg(m.certificate, 1, interval.Of(piece*size+1, (piece+1)*size))},
		"account": ledgertest.AccountID, "invited": ids, "quotesUntil": until, "lapsesAt": until, "replyKey": []byte("key"),
	}, &made)
	return made.ID
}

// Who is invited sees a request; others do not learn that there is one.
func TestOnlyTheInvitedSeeARequest(t *testing.T) {
	m := openMarket(t)
	id := m.request(0, "house", "rival")
	m.seen("requested", "/v1/financings/"+id, "/v1/financings/none", "tier1/maker", "house/maker", "rival/maker")
	f, err := m.client("house/maker").Financing(t.Context(), id)
	if err != nil || !slices.Equal(f.Invited, []string{m.IDs["house"]}) || !slices.Equal(f.Asked, []string{m.IDs["house"]}) {
		t.Errorf("the house sees who else was asked: %+v, %v", f, err)
	}
	// Nor from the transaction that asked them.
	request, err := m.client("house/maker").Transaction(t.Context(), f.HolderSigned.TxID)
	if err != nil || len(request.Outcome.Effects.Notices) != 1 || len(request.Outcome.Effects.Notices[0].Members) != 1 {
		t.Errorf("the request as the house sees it: %+v, %v", request.Outcome, err)
	}
	id = m.request(1, "house")
	m.seen("requested", "/v1/financings/"+id, "/v1/financings/none", "tier1/maker", "house/maker")
	m.listed(id, record.FinancingRequested, "tier1/maker", "house/maker")
	m.Must("tier1/maker", "settlement:Cancel", map[string]any{"id": id, "reason": "no longer needed"})
	m.seen("cancelled", "/v1/financings/"+id, "/v1/financings/none", "tier1/maker")
	m.listed(id, record.FinancingCancelled, "tier1/maker")
}

// A page is filled past the rows that it does not show, and its cursor is that of a
// row that it shows.
func TestPagesOfOpenRequests(t *testing.T) {
	m := openMarket(t)
	var want, got []string
	for piece, bank := range []string{"rival", "house", "rival", "rival", "house", "rival"} {
		if id := m.request(money.Fen(piece), bank); bank == "house" {
			want = append(want, id)
		}
	}
	const first = "/v1/financings?state=requested&limit=1"
	for uri := first; uri != ""; {
		var page struct {
			Items []record.FinancingRow `json:"items"`
			Next  string                `json:"next"`
		}
		read(t, m.ask("house/maker", http.MethodGet, uri, ""), &page)
		for _, row := range page.Items {
			got = append(got, row.ID)
		}
		if len(page.Items) == 0 && page.Next != "" || len(got) > len(want) {
			t.Fatalf("%s: %+v", uri, page)
		}
		uri = ""
		if page.Next != "" {
			uri = first + "&cursor=" + page.Next
		}
		cursor, err := base64.RawURLEncoding.DecodeString(page.Next)
		if err != nil || page.Next != "" && !strings.Contains(string(cursor), got[len(got)-1]) {
			t.Errorf("the cursor is %q, %v", cursor, err)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the house pages through %q, want %q", got, want)
	}
}

// What every member may see: rates and offers to pay early; and what only its own
// may: limits and accounts.
func TestStandingOffersLimitsAndAccounts(t *testing.T) {
	m := openMarket(t)
	ctx := t.Context()
	m.PostRate("house", "any", ledgertest.Terms(record.SaleWithoutRecourse))
	m.PostRate("rival", "closed", ledgertest.Terms(record.PledgeLoan))
	m.Must("rival/maker", "financing:CloseRate", map[string]any{"id": "closed"})
	day := m.Now.Date()
	m.Must("house/maker", "financing:PostRate", map[string]any{
		"id": "core", "debtor": m.IDs["core"], "maxDays": 366, "min": "1.00", "max": "100.00", "volume": "1000.00",
		"terms": ledgertest.Terms(record.SaleWithoutRecourse), "account": ledgertest.AccountID, "from": day, "until": day,
	})
	m.Must("core/maker", "financing:PostDiscount", map[string]any{
		"id": "early", "rate": "3.0000", "basis": 360, "account": ledgertest.AccountID, "from": day, "until": day.AddDays(2),
	})
	m.Must("house/maker", "credit:SetLimit", map[string]any{"of": "debtor", "member": m.IDs["core"], "cap": "5000000.00"})
	m.TakeRate("tier1", "house", "any", m.Leg(m.certificate, 1, interval.Of(1, 1_000_000)))
	rates := func(who string, f client.RateFilter) (ids []string) {
		t.Helper()
		for p, err := range m.client(who).Rates(ctx, f) {
			if err != nil {
				t.Fatal(err)
			}
			if taken := p.Taken != 0; p.ID == "any" && taken != (who == "house/maker" || who == "auditor/maker") {
				t.Errorf("%s sees that %s was taken", who, p.Taken)
			}
			ids = append(ids, p.ID)
		}
		return slices.Sorted(slices.Values(ids))
	}
	for _, who := range append([]string{"auditor/maker"}, marketPeople...) {
		for filter, want := range map[client.RateFilter][]string{
			{}: {"any", "core"}, {All: true}: {"any", "closed", "core"}, {Bank: m.IDs["rival"]}: nil, {Debtor: m.IDs["core"]}: {"any", "core"},
			{Debtor: m.IDs["tier1"]}: {"any"}, {Bank: m.IDs["house"], Debtor: m.IDs["tier1"], All: true}: {"any"},
		} {
			if got := rates(who, filter); !slices.Equal(got, want) {
				t.Errorf("%s lists rates %+v: %q, want %q", who, filter, got, want)
			}
		}
		offers, err := collect(m.client(who).Discounts(ctx, m.IDs["core"]))
		if err != nil || len(offers) != 1 || offers[0].ID != "early" || offers[0].Rate != 30_000 {
			t.Errorf("%s lists offers %+v, %v", who, offers, err)
		}
	}
	m.seen("limits", "/v1/limits?bank="+m.IDs["house"], "/v1/limits?bank=91330100000000000X", "house/maker")
	for who, want := range map[string]int{"house/maker": 2, "rival/maker": 0, "core/maker": 0, "auditor/maker": 2} {
		limits, err := collect(m.client(who).Limits(ctx, ""))
		if err != nil || len(limits) != want || want > 0 && (limits[0].Cap != 500_000_000 || limits[0].Reserved != 1_000_000) {
			t.Errorf("%s lists limits %+v, %v", who, limits, err)
		}
	}
	accounts := "/v1/members/" + m.IDs["tier1"] + "/accounts"
	m.seen("accounts", accounts, "/v1/members/91330100000000000X/accounts", "tier1/maker", "house/maker", "rival/maker")
	for who, want := range map[string]int{"tier1/maker": 1, "rival/maker": 1, "house/maker": 0, "bank2/maker": 1} {
		got, err := collect(m.client(who).Accounts(ctx, m.IDs["tier1"]))
		if err != nil || len(got) != want || want > 0 && (got[0].Bank != m.IDs["rival"] || got[0].State != record.AccountConfirmed) {
			t.Errorf("%s lists accounts %+v, %v", who, got, err)
		}
	}
	m.Now = m.Now.Add(3 * 24 * time.Hour)
	m.Commit()
	if got := rates("tier2/maker", client.RateFilter{}); !slices.Equal(got, []string{"any"}) {
		t.Errorf("rates that are over are listed: %q", got)
	}
	if offers, err := collect(m.client("tier2/maker").Discounts(ctx, "")); err != nil || len(offers) != 0 {
		t.Errorf("offers that are over are listed: %+v, %v", offers, err)
	}
}

// A debtor that bears a share of the cost sees the terms, and owes the bank its
// share.
func TestADebtorThatBearsAShare(t *testing.T) {
	m := openMarket(t)
	terms := ledgertest.Terms(record.SaleWithoutRecourse)
	terms.SupplierInterest = 0
	m.PostRate("house", "core-pays", terms)
	id := m.TakeRate("tier1", "house", "core-pays", m.Leg(m.certificate, 1, interval.Of(1, 10_000_000)))
	f, err := m.client("core/maker").Financing(t.Context(), id)
	if err != nil || f.Terms.Rate != 36_000 || f.Cost.DebtorInterest == 0 || f.Settlement.Amount != 10_000_000 || len(f.Quotes) != 0 {
		t.Errorf("the debtor sees %+v, %v", f, err)
	}
	m.Must("core/maker", "financing:BearShare", map[string]any{"id": id, "account": ledgertest.AccountID})
	m.Register("house", id)
	m.Must("house/maker", "settlement:Instruct", map[string]any{"id": id})
	m.Must("rival/maker", "settlement:Advise", m.AdviceOf(id, "a/1"))
	filter := client.SettlementFilter{Purpose: record.PurposeDebtorShare}
	for who, want := range map[string]int{"core/maker": 1, "house/maker": 1, "tier1/maker": 0, "rival/maker": 0} {
		got, err := collect(m.client(who).Settlements(t.Context(), filter))
		if err != nil || len(got) != want || want > 0 && (got[0].Amount != f.Cost.DebtorInterest || got[0].Financing != id) {
			t.Errorf("%s lists %+v, %v", who, got, err)
		}
	}
}

// Fen that were paid early are redeemed: the certificate is partly paid, then
// settled.
func TestACertificateThatIsPaidEarly(t *testing.T) {
	m := openMarket(t)
	day := m.Now.Date()
	m.Must("core/maker", "financing:PostDiscount", map[string]any{
		"id": "early", "rate": "3.6000", "basis": 360, "account": ledgertest.AccountID, "from": day, "until": day.AddDays(10),
	})
	for i, c := range []struct {
		fen         interval.Interval
		flag, other string
		redeemed    int
	}{
		{interval.Of(1, 60_000_000), "partly-paid", "settled", 1},
		{interval.Of(60_000_001, 100_000_000), "settled", "partly-paid", 2},
	} {
		leg := m.Leg(m.certificate, 1, c.fen)
		amount, err := financing.DiscountedOf(36_000, 360, day, m.PartsOf([]record.Leg{leg}))
		if err != nil {
			t.Fatal(err)
		}
		var made financing.SettlementResult
		m.Must("tier1/maker", "financing:TakeDiscount", financing.TakeDiscountArgument{
			Debtor: m.IDs["core"], Offer: "early", Legs: []record.Leg{leg}, Account: ledgertest.AccountID, ValueDate: day, Amount: amount,
		}, &made)
		m.seen("early payment", "/v1/settlements/"+made.ID, "/v1/settlements/none", "core/maker", "house/maker", "tier1/maker", "rival/maker")
		m.Must("house/maker", "settlement:Instruct", map[string]any{"id": made.ID})
		m.Must("rival/maker", "settlement:Advise", m.AdviceOf(made.ID, fmt.Sprint("a/", i)))
		got, err := m.client("core/maker").Certificate(t.Context(), m.certificate)
		if err != nil || !slices.Contains(got.Flags, c.flag) || slices.Contains(got.Flags, c.other) || slices.Contains(got.Flags, "financed") {
			t.Errorf("flags %q, %v", got.Flags, err)
		}
		rows, err := collect(m.client("tier1/maker").Holdings(t.Context(), holdingsOf(m.certificate)))
		if err != nil {
			t.Fatal(err)
		}
		redeemed := 0
		for _, row := range rows {
			if row.Redeemed {
				redeemed++
			}
		}
		if redeemed != c.redeemed {
			t.Errorf("%d of the holdings are redeemed: %+v", redeemed, rows)
		}
	}
}

func TestBadQueriesForFinancings(t *testing.T) {
	n := newNode(t)
	for uri, want := range map[string]string{
		"/v1/financings?state=gone":       "BAD_REQUEST",
		"/v1/financings?cursor=AAAA":      "BAD_CURSOR",
		"/v1/financings?limit=501":        "BAD_REQUEST",
		"/v1/settlements?state=gone":      "BAD_REQUEST",
		"/v1/settlements?purpose=gift":    "BAD_REQUEST",
		"/v1/settlements?cursor=AAAA":     "BAD_CURSOR",
		"/v1/rates?all=perhaps":           "BAD_REQUEST",
		"/v1/rates?cursor=AAAA":           "BAD_CURSOR",
		"/v1/limits?cursor=AAAA":          "BAD_CURSOR",
		"/v1/discounts?cursor=AAAA":       "BAD_CURSOR",
		"/v1/members/a%2Fb/accounts":      "NOT_FOUND",
		"/v1/financings/a%2Fb":            "NOT_FOUND",
		"/v1/settlements/a%2Fb":           "NOT_FOUND",
		"/v1/financings/x/registry-text":  "NOT_FOUND",
		"/v1/financings/x/registry-texts": "NOT_FOUND",
	} {
		if a := n.ask("bank1/maker", http.MethodGet, uri, ""); a.code(t) != want || a.status >= 500 {
			t.Errorf("%s: %d %s, want %s", uri, a.status, a.body, want)
		}
	}
}
