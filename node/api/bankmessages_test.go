package api_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	stdjson "encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/crypto/envelope"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/network/banksim"
	"github.com/tierledger/tierledger/node/api"
	"github.com/tierledger/tierledger/node/bankdesk"
	"github.com/tierledger/tierledger/node/client"
	"github.com/tierledger/tierledger/node/iso20022"
	"github.com/tierledger/tierledger/node/reconcile"
)

// desks opens empty clearing desks for a node.
func desks(t testing.TB) func(*api.Config) {
	t.Helper()
	d, err := bankdesk.Open(ownData(t))
	if err != nil {
		t.Fatal(err)
	}
	return func(c *api.Config) { c.BankDesk = d }
}

// desk is a ledger on a payment date of core, whose bank is bank5: one that runs no node
// and does not see all. 1,000.00 of core are with tier1 and tier2, and bank5 has
// instructed a leg to each: tier1's account is at bank5 too, tier2's at bank3.
type desk struct {
	*due
	key     envelope.PrivateKey // bank5's, for what is sealed to it
	numbers map[string]client.OpenedAccount
	bank    *banksim.Simulator
}

func atDesk(t *testing.T, faults banksim.Faults) *desk {
	t.Helper()
	d := &desk{due: &due{node: newNode(t, desks(t))}, numbers: map[string]client.OpenedAccount{}}
	d.admit("bank5")
	for _, alias := range []string{"core", "tier1", "tier2", "outsider"} {
		d.Enrol(alias)
	}
	d.certificate = d.Issue("core", "tier1", "first", "1000.00", 1)
	_, invoice := d.Invoice("tier1", "tier2", "second", "400.00")
	var offer struct {
		ID string `json:"id"`
	}
	d.Must("tier1/maker", "certificate:Transfer", map[string]any{
		"to": d.IDs["tier2"], "reference": "second", "legs": []record.Leg{d.Leg(d.certificate, 1, interval.Of(1, 40_000))},
		"allocations": []map[string]any{{"invoice": invoice, "amount": "400.00"}},
	}, &offer)
	d.Must("tier2/maker", "certificate:AcceptTransfer", map[string]any{"id": offer.ID})
	d.seal("core", "bank5", "6222020200112233445")
	d.seal("tier1", "bank5", "6222020200112239999")
	d.seal("tier2", "bank3", "6222020200118887777")
	d.Now = d.Now.Add(24 * time.Hour)
	d.run = d.Mature(d.certificate)
	d.ConfirmFunds("bank5", d.run, 100_000)
	for _, leg := range d.Legs(d.run) {
		d.Must("bank5/maker", "settlement:Instruct", map[string]any{"id": leg.ID})
	}
	var err error
	if d.bank, err = banksim.New(banksim.Config{Seed: 1, Faults: faults, Now: func() calendar.Instant { return d.Now }}); err != nil {
		t.Fatal(err)
	}
	return d
}

// admit has the banks admit another bank, with an encryption key.
func (d *desk) admit(alias string) {
	d.Helper()
	var err error
	if d.key, err = envelope.GenerateKey(); err != nil {
		d.Fatal(err)
	}
	id, err := number.CompleteSocialCredit("91330100999999999")
	if err != nil {
		d.Fatal(err)
	}
	d.IDs[alias] = id
	in := member.EnrolArgument{
		ID: id, Name: alias, Class: record.LargeEnterprise, Roles: record.Funder, Encryption: d.key.Public().Bytes(),
	}
	for person, roles := range map[string]record.PersonRoles{
		"admin1": record.Admin, "admin2": record.Admin, "maker": record.Maker, "checker": record.Checker,
	} {
		key, err := credential.Generate(credential.EdDSA, rand.Reader)
		if err != nil {
			d.Fatal(err)
		}
		possession, err := credential.SignPossession(key, ledgertest.Network, id, person)
		if err != nil {
			d.Fatal(err)
		}
		d.Keys[alias+"/"+person] = key
		in.Credentials = append(in.Credentials, member.CredentialArgument{
			Person: person, Roles: roles, PublicKey: key.Public().SPKI(), Possession: possession,
			NotBefore: ledgertest.Start, NotAfter: ledgertest.Start.Add(5 * 365 * 24 * time.Hour),
		})
	}
	d.Approve("bank1/maker", "member:AdmitInstitution", in, "bank2/checker", "bank3/checker")
	if ledgertest.Read(d.Ledger, record.MemberKey(id)) == nil {
		d.Fatal("the banks did not admit " + alias)
	}
}

// seal gives a member an account with a number, sealed to bank5 if it is there.
func (d *desk) seal(alias, bank, number string) {
	d.Helper()
	key := d.key
	if bank != "bank5" {
		var err error
		if key, err = envelope.GenerateKey(); err != nil {
			d.Fatal(err)
		}
	}
	account := reconcile.BankAccount{Number: number, Name: alias + " & <sons> 有限公司"}
	text, err := account.Text()
	if err != nil {
		d.Fatal(err)
	}
	where := reconcile.AccountContext(d.IDs[alias], ledgertest.AccountID)
	commitment, sealed, err := envelope.SealCommitted(text, where, []envelope.PublicKey{key.Public()})
	if err != nil {
		d.Fatal(err)
	}
	_, salt, err := envelope.OpenCommitted(sealed, where, key, commitment)
	if err != nil {
		d.Fatal(err)
	}
	d.numbers[alias] = client.OpenedAccount{
		Member: d.IDs[alias], Account: ledgertest.AccountID, Number: number, Name: account.Name, Salt: salt[:],
	}
	d.Approve(alias+"/maker", "member:ProposeAccount", map[string]any{
		"id": ledgertest.AccountID, "bank": d.IDs[bank], "commitment": record.Digest(commitment), "sealed": sealed,
	}, alias+"/checker")
	d.Must(bank+"/maker", "member:ConfirmAccount", map[string]any{"member": d.IDs[alias], "account": ledgertest.AccountID})
}

// opened are the numbers of accounts.
func (d *desk) opened(aliases ...string) []client.OpenedAccount {
	list := []client.OpenedAccount{}
	for _, alias := range aliases {
		list = append(list, d.numbers[alias])
	}
	return list
}

// pay has the order of all legs written, and the banks answer it.
func (d *desk) pay() []banksim.File {
	d.Helper()
	text, err := d.client("bank5/maker").WritePaymentOrder(d.Context(), d.run, 0, d.opened("core", "tier1", "tier2"))
	if err != nil {
		d.Fatal(err)
	}
	files, err := d.bank.Pay(bytes.NewReader(text))
	if err != nil {
		d.Fatal(err)
	}
	for {
		more, err := d.bank.Next()
		if err != nil {
			d.Fatal(err)
		}
		if len(more) == 0 {
			return files
		}
		files = append(files, more...)
	}
}

// of are a bank's files, as they are posted.
func (d *desk) of(bank string, files []banksim.File) (list []client.BankFile) {
	for _, f := range files {
		if f.Bank == d.IDs[bank] {
			list = append(list, client.BankFile{Name: f.Name, Text: f.Bytes})
		}
	}
	return list
}

// ingest has a bank read its files and sign all batches, and gives what was read.
func (d *desk) ingest(bank string, files []banksim.File) *client.BankReading {
	d.Helper()
	got, err := d.client(bank+"/maker").ReadBankMessages(d.Context(), d.of(bank, files), d.opened("core", "tier1", "tier2"))
	if err != nil {
		d.Fatal(err)
	}
	for turn := 1; ; turn++ {
		more := false
		for _, b := range got.Batches {
			if b.Turn == turn {
				more = true
				d.Must(bank+"/maker", b.Function, stdjson.RawMessage(b.Argument))
			}
		}
		if !more {
			return got
		}
	}
}

// What the bank's browser opens is what it gives back, and the order is the command
// line's for the same legs and numbers, byte for byte.
func TestAPaymentOrderIsWritten(t *testing.T) {
	d := atDesk(t, banksim.Faults{})
	ctx, maker := t.Context(), d.client("bank5/maker")
	sealed, err := collect(maker.SealedAccounts(ctx, d.run, 0))
	if err != nil || len(sealed) != 2 {
		t.Fatalf("sealed accounts: %+v, %v", sealed, err)
	}
	for _, s := range sealed {
		text, salt, err := envelope.OpenCommitted(s.Sealed, []byte(s.Context), d.key, s.Commitment)
		if here := s.Bank == d.IDs["bank5"]; here != s.Readable || here != (err == nil) {
			t.Errorf("%s: readable %v, %v", d.AliasOf(s.Payee), s.Readable, err)
		} else if !here {
			continue
		}
		var account reconcile.BankAccount
		if err := json.Unmarshal(text, &account); err != nil {
			t.Fatal(err)
		}
		want := d.numbers["tier1"]
		if account.Number != want.Number || account.Name != want.Name || !bytes.Equal(salt[:], want.Salt) {
			t.Errorf("opened %+v", account)
		}
	}
	var page struct {
		Items  []client.SealedLeg     `json:"items"`
		Payers []client.SealedAccount `json:"payers"`
		Next   string                 `json:"next"`
	}
	read(t, d.ask("bank5/maker", http.MethodGet, "/v1/runs/"+d.run+"/sealed-accounts?limit=1", ""), &page)
	if len(page.Items) != 1 || page.Next != page.Items[0].Leg || len(page.Payers) != 1 || page.Payers[0].Member != d.IDs["core"] || !page.Payers[0].Readable {
		t.Errorf("the first page: %+v", page)
	}
	text, err := maker.WritePaymentOrder(ctx, d.run, 0, d.opened("core", "tier1"))
	if err != nil {
		t.Fatal(err)
	}
	if want := d.byTheCommandLine("core", "tier1"); !bytes.Equal(text, want) {
		t.Errorf("the order is\n%s\nand the command line's\n%s", text, want)
	}
	orders, err := maker.PaymentOrders(ctx, d.run)
	if err != nil || len(orders) != 1 || orders[0].Count != 2 || orders[0].Amount != 100_000 || orders[0].By.Person != "maker" {
		t.Fatalf("orders: %+v, %v", orders, err)
	}
	if _, err := maker.WritePaymentOrder(ctx, d.run, 0, d.opened("core", "tier1")); !code.AlreadyExists.Is(err) {
		t.Errorf("the same legs again: %v", err)
	}
	d.Block() // the ledger's time goes on, and the message is still the same
	again, err := maker.WritePaymentOrderAgain(ctx, d.run, orders[0].Message, d.opened("core", "tier1"))
	if err != nil || !bytes.Equal(again, text) {
		t.Errorf("the same message again: %v\n%s", err, again)
	}
	if _, err := maker.WritePaymentOrderAgain(ctx, d.run, "none", nil); !code.NotFound.Is(err) {
		t.Errorf("a message that was not written: %v", err)
	}
	// The leg to another bank: where both accounts are at one bank it is paid or not.
	elsewhere := slices.IndexFunc(sealed, func(s client.SealedLeg) bool { return s.Bank != d.IDs["bank5"] })
	d.Report(sealed[elsewhere].Leg, 1)
	if _, err := maker.WritePaymentOrderAgain(ctx, d.run, orders[0].Message, nil); !code.LegState.Is(err) {
		t.Errorf("a message of which a leg has moved on: %v", err)
	}
}

// byTheCommandLine is what scf clearing export writes with a file of these numbers.
func (d *desk) byTheCommandLine(aliases ...string) []byte {
	d.Helper()
	var csv strings.Builder
	csv.WriteString("member,account,number\n")
	for _, a := range d.opened(aliases...) {
		fmt.Fprintf(&csv, "%s,%s,%s\n", a.Member, a.Account, a.Number)
	}
	numbers, err := reconcile.ReadNumbers(strings.NewReader(csv.String()))
	if err != nil {
		d.Fatal(err)
	}
	var legs []record.Settlement
	for _, leg := range d.Legs(d.run) {
		legs = append(legs, *leg)
	}
	slices.SortFunc(legs, func(a, b record.Settlement) int { return strings.Compare(a.ID, b.ID) })
	order := reconcile.NewOrder(d.IDs["bank5"], d.Blocks[len(d.Blocks)-1].Time, legs)
	var text bytes.Buffer
	err = iso20022.WriteInitiation(&text, order.Initiation(numbers, func(id string) string {
		return ledgertest.Read(d.Ledger, record.MemberKey(id)).Name
	}))
	if err != nil {
		d.Fatal(err)
	}
	return text.Bytes()
}

// A number that is not the one on the ledger goes into no order.
func TestNumbersMustBeTheLedgers(t *testing.T) {
	d := atDesk(t, banksim.Faults{})
	good := d.numbers["core"]
	for name, change := range map[string]func(*client.OpenedAccount){
		"another number":  func(a *client.OpenedAccount) { a.Number = "6222020200112233446" },
		"another name":    func(a *client.OpenedAccount) { a.Name += " " },
		"another salt":    func(a *client.OpenedAccount) { a.Salt = bytes.Repeat([]byte{7}, envelope.SaltSize) },
		"a short salt":    func(a *client.OpenedAccount) { a.Salt = a.Salt[1:] },
		"another member":  func(a *client.OpenedAccount) { a.Member = d.IDs["tier1"] },
		"another account": func(a *client.OpenedAccount) { a.Account = "none" },
		"a path":          func(a *client.OpenedAccount) { a.Account = "../" + a.Account },
	} {
		bad := good
		change(&bad)
		_, err := d.client("bank5/maker").WritePaymentOrder(t.Context(), d.run, 0, []client.OpenedAccount{bad})
		if !code.BadArgument.Is(err) || strings.Contains(err.Error(), bad.Number) {
			t.Errorf("%s: %v", name, err)
		}
	}
	twice := []client.OpenedAccount{good, good}
	if _, err := d.client("bank5/maker").WritePaymentOrder(t.Context(), d.run, 0, twice); !code.BadArgument.Is(err) {
		t.Errorf("an account twice: %v", err)
	}
	if orders, err := d.client("bank5/maker").PaymentOrders(t.Context(), d.run); err != nil || len(orders) != 0 {
		t.Errorf("what was refused is noted: %+v, %v", orders, err)
	}
}

// The whole day of a desk: the order, the answers, the reports, and in the evening the
// statements, with the real messages of simulated banks.
func TestTheDayOfAClearingDesk(t *testing.T) {
	d := atDesk(t, banksim.Faults{})
	files := d.pay()
	first := d.ingest("bank5", files)
	if first.Totals.Accepted != 1 || first.Totals.Paid != 1 || first.Totals.Exceptions != 0 || first.Totals.Items != len(first.Items) {
		t.Errorf("bank5 reads %+v", first.Totals)
	}
	if got := d.ingest("bank3", files); got.Totals.Paid != 1 || got.Totals.Exceptions != 0 || len(got.Batches) != 1 {
		t.Errorf("bank3 reads %+v", got.Totals)
	}
	for _, leg := range d.Legs(d.run) {
		if leg.State != record.SettlementSettled {
			t.Errorf("leg %s is %s", leg.ID, leg.State)
		}
	}
	if again := d.ingest("bank5", files); again.Totals.Known+again.Totals.Nothing != again.Totals.Items || len(again.Batches) != 0 {
		t.Errorf("read again: %+v", again.Totals)
	}
	statements, err := d.bank.Statement(d.Now.Date())
	if err != nil {
		t.Fatal(err)
	}
	for _, bank := range []string{"bank5", "bank3"} {
		got, err := d.client(bank+"/maker").ReconcileRun(t.Context(), d.run, d.of(bank, statements), d.opened("core", "tier1", "tier2"))
		if err != nil || !got.Same || got.Difference != 0 || len(got.Banks) == 0 || len(got.Statements) == 0 {
			t.Errorf("%s reconciles %+v, %v", bank, got, err)
			continue
		}
		for _, s := range got.Statements {
			if s.Problem != "" || strings.Contains(s.Account, "62220202") {
				t.Errorf("statement %+v", s)
			}
		}
	}
	// Without the numbers nothing is recognised, and every leg is named.
	bare, err := d.client("bank5/maker").ReconcileRun(t.Context(), d.run, d.of("bank5", statements), nil)
	if err != nil || bare.Same || bare.Difference == 0 || len(bare.Differences) < 2 || bare.Differences[0].Gap == "" {
		t.Errorf("without numbers: %+v, %v", bare, err)
	}
	if own, err := d.client("bank5/checker").ReconcileRun(t.Context(), d.run, nil, nil); err != nil || !own.Same || len(own.Banks) != 1 {
		t.Errorf("without statements: %+v, %v", own, err)
	}
}

// What does not fit waits for a person, once, and what it keeps has no account number.
func TestExceptionsWaitForAPerson(t *testing.T) {
	d := atDesk(t, banksim.Faults{Permille: map[banksim.Fault]int{banksim.WrongAccount: 1000}})
	ctx, maker := t.Context(), d.client("bank3/maker")
	files := d.pay()
	first := d.ingest("bank3", files)
	if first.Totals.Exceptions != 1 || first.Totals.NewExceptions != 1 || len(first.Batches) != 0 {
		t.Fatalf("read %+v", first.Totals)
	}
	item := first.Items[slices.IndexFunc(first.Items, func(i client.BankItem) bool { return i.Result == "exception" })]
	if item.Reason.Code != "mismatch" || item.Reason.Text == "" || item.Reason.TextZH == "" || item.Exception == "" || item.Argument != nil {
		t.Errorf("the item is %+v", item)
	}
	if again := d.ingest("bank3", files); again.Totals.Exceptions != 1 || again.Totals.NewExceptions != 0 {
		t.Errorf("read again: %+v", again.Totals)
	}
	open, err := collect(maker.BankExceptions(ctx, false))
	if err != nil || len(open) != 1 || open[0].ID != item.Exception || open[0].By.Person != "maker" || open[0].File == "" {
		t.Fatalf("open: %+v, %v", open, err)
	}
	text, err := json.Marshal(open)
	if err != nil || strings.Contains(string(text), "62220202") {
		t.Errorf("an account number is kept: %s", text)
	}
	if others, err := collect(d.client("bank2/maker").BankExceptions(ctx, false)); err != nil || len(others) != 0 {
		t.Errorf("another bank sees %+v, %v", others, err)
	}
	if _, err := d.client("bank2/maker").AnswerBankException(ctx, open[0].ID, "not mine"); !code.NotFound.Is(err) {
		t.Errorf("another bank answers: %v", err)
	}
	done, err := d.client("bank3/checker").AnswerBankException(ctx, open[0].ID, "credited by hand")
	if err != nil || done.Answer == nil || done.Answer.Note != "credited by hand" || done.Answer.By.Person != "checker" {
		t.Fatalf("answered: %+v, %v", done, err)
	}
	if _, err := maker.AnswerBankException(ctx, open[0].ID, "again"); !code.AlreadyExists.Is(err) {
		t.Errorf("answered twice: %v", err)
	}
	if got := d.ingest("bank3", files); got.Totals.NewExceptions != 0 {
		t.Errorf("what was answered is new: %+v", got.Totals)
	}
	if list, err := collect(maker.BankExceptions(ctx, true)); err != nil || len(list) != 1 || list[0].Answer == nil {
		t.Errorf("done: %+v, %v", list, err)
	}
	if list, err := collect(maker.BankExceptions(ctx, false)); err != nil || len(list) != 0 {
		t.Errorf("open: %+v, %v", list, err)
	}
	if a := d.ask("bank3/maker", http.MethodGet, "/v1/bank-messages/exceptions?cursor=x", ""); a.code(t) != "BAD_CURSOR" {
		t.Errorf("a cursor that is none: %d %s", a.status, a.body)
	}
}

// Every mix of what banks do wrong ends with the ledger knowing it, or an exception.
func TestADeskTakesWhateverBanksWrite(t *testing.T) {
	for _, fault := range []banksim.Fault{banksim.Late, banksim.Partial, banksim.Duplicate, banksim.Returned, banksim.Rejected, banksim.Unknown, banksim.Excess} {
		d := atDesk(t, banksim.Faults{Permille: map[banksim.Fault]int{fault: 1000, banksim.Reordered: 1000}})
		files := d.pay()
		exceptions := 0
		for _, bank := range []string{"bank3", "bank5", "bank3"} {
			if len(d.of(bank, files)) == 0 {
				continue // nothing came to it
			}
			exceptions += d.ingest(bank, files).Totals.NewExceptions
		}
		if got := d.ingest("bank5", files); len(got.Batches) != 0 {
			t.Errorf("%s: bank5 has more to tell: %+v", fault, got.Totals)
		}
		// A file of which every payment is refused is refused as a whole besides, and which
		// payments those are is not said there.
		if wants := fault == banksim.Unknown || fault == banksim.Rejected; wants != (exceptions > 0) {
			t.Errorf("%s: %d exceptions", fault, exceptions)
		}
	}
}

// answersOfBankMessages asks for everything of a bank's clearing desk once.
func answersOfBankMessages(t *testing.T, answers map[string]any) {
	t.Helper()
	d := atDesk(t, banksim.Faults{Permille: map[banksim.Fault]int{banksim.WrongAccount: 1000}})
	run := "/v1/runs/" + d.run
	answers["listSealedAccounts"] = decoded(t, d.ask("bank5/maker", http.MethodGet, run+"/sealed-accounts?limit=1", ""))
	shorten(answers["listSealedAccounts"])
	files := d.pay()
	answers["listPaymentOrders"] = decoded(t, d.ask("bank5/maker", http.MethodGet, run+"/payment-orders", ""))
	d.ingest("bank3", files)
	answers["readBankMessages"] = decoded(t, d.post("bank5/maker", readingURI, "application/zip", bankArchive(t, d.of("bank5", files)...)))
	answers["reconcileRun"] = decoded(t, d.post("bank5/maker", run+"/reconciliation", "application/zip", bankArchive(t, d.of("bank5", d.statements())...)))
	var open struct {
		Items []client.BankException `json:"items"`
	}
	a := d.ask("bank3/maker", http.MethodGet, "/v1/bank-messages/exceptions", "")
	answers["listBankExceptions"] = decoded(t, a)
	read(t, a, &open)
	answers["answerBankException"] = decoded(t, d.ask("bank3/maker", http.MethodPost,
		"/v1/bank-messages/exceptions/"+open.Items[0].ID+"/answer", `{"note":"credited by hand"}`))
}

func (d *desk) statements() []banksim.File {
	d.Helper()
	list, err := d.bank.Statement(d.Now.Date())
	if err != nil {
		d.Fatal(err)
	}
	return list
}

// shorten leaves the beginning of long texts, such as what is sealed.
func shorten(v any) {
	const most = 64
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if text, ok := member.(string); ok && name == "sealed" && len(text) > most {
				v[name] = base64.StdEncoding.EncodeToString([]byte(text)[:most/4*3])
				continue
			}
			shorten(member)
		}
	case []any:
		for _, member := range v {
			shorten(member)
		}
	}
}
