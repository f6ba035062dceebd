package iso20022_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/node/iso20022"
)

// notification puts entries into a camt.054.001.08, from line 4 on.
func notification(entries string) string {
	return `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>
<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-09-01T09:00:00</CreDtTm></GrpHdr>
<Ntfctn><Id>N1</Id><Acct><Id><Othr><Id>6222</Id></Othr></Id></Acct>
` + entries + `
</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>`
}

// entry is a booked credit of an amount with details.
func entry(amount, details string) string {
	return `<Ntry><Amt Ccy="CNY">` + amount + `</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><AcctSvcrRef>R1</AcctSvcrRef>` + details + `</Ntry>`
}

func transaction(endToEnd, rest string) string {
	return `<TxDtls><Refs><EndToEndId>` + endToEnd + `</EndToEndId></Refs>` + rest + `</TxDtls>`
}

func details(all ...string) string { return "<NtryDtls>" + strings.Join(all, "") + "</NtryDtls>" }

func amount(text string) string { return `<Amt Ccy="CNY">` + text + `</Amt>` }

func mustRead(t *testing.T, text string) (iso20022.Header, []iso20022.Item) {
	t.Helper()
	header, items, err := read([]byte(text), iso20022.DefaultLimits())
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return header, items
}

func TestAmountsAreExact(t *testing.T) {
	for text, want := range map[string]money.Fen{
		"123": 12300, "123.4": 12340, "123.40": 12340, "123.4000": 12340, "0123.4": 12340, "+123.4": 12340, "0.01": 1, ".5": 50, "5.": 500,
		"9999999999999999.99": 999_999_999_999_999_999,
		"0.1":                 10, "0.7": 70, "1.1": 110, "4.35": 435, "1.005000": 0, "90071992547409.93": 9_007_199_254_740_993,
	} {
		_, items := mustRead(t, notification(entry(text, "")))
		if items[0].Amount != want || (items[0].Problem == "") != (want > 0) {
			t.Errorf("%s is read as %s, want %s (problem %q)", text, items[0].Amount, want, items[0].Problem)
		}
	}
	for _, text := range []string{
		"", "-1", "-0.00", "1e3", "1,000.00", "１２", "1.2.3", "0x10", "Infinity", "NaN", "1.001", "10000000000000000", "1 2", ".", "+", "--1", "++1", "0", "0.00",
	} {
		_, items := mustRead(t, notification(entry(text, "")))
		if items[0].Amount != 0 || items[0].Problem == "" {
			t.Errorf("%q is read as %s without a problem", text, items[0].Amount)
		}
	}
}

// Money in another currency is no problem of the file: its item says that it cannot be
// used, and the next one can.
func TestAnotherCurrencyIsUnusable(t *testing.T) {
	foreign := strings.Replace(entry("7.00", ""), "CNY", "EUR", 1)
	_, items := mustRead(t, notification(foreign+entry("7.00", "")))
	if items[0].Amount != 0 || items[0].Problem != `the amount "7.00" is in "EUR", and only CNY can be used` {
		t.Errorf("%+v", items[0])
	}
	if items[1].Amount != 700 || items[1].Problem != "" || items[1].Index != 2 || items[1].Entry != 2 || items[1].Line != 4 {
		t.Errorf("%+v", items[1])
	}
}

func TestTransactionsMustAddUpToTheirEntry(t *testing.T) {
	batch := func(n string) string { return "<Btch><NbOfTxs>" + n + "</NbOfTxs></Btch>" }
	a, b := transaction("E1", amount("1.00")), transaction("E2", amount("2.00"))
	other := transaction("E3", amount("1.00")+"<CdtDbtInd>DBIT</CdtDbtInd>")
	for _, c := range []struct{ name, entry, problem string }{
		{"two that add up", entry("3.00", details(a, b)), ""},
		{"in two blocks", entry("3.00", details(a)+details(b)), ""},
		{"with their number", entry("3.00", details(batch("2"), a, b)), ""},
		{"one short", entry("4.00", details(a, b)), "the transactions of the entry come to 3.00, and the entry is of 4.00"},
		{"one missing", entry("3.00", details(batch("3"), a, b)), "the entry books 3 transactions and details 2"},
		{"none given", entry("3.00", details(batch("3"))), "the entry books 3 transactions without their details"},
		{"netted", entry("1.00", details(b, other)), ""},
		{"the wrong side", entry("1.00", details(other)), "the transactions of the entry come to -1.00, and the entry is of 1.00"},
		{"one without an amount", entry("3.00", details(transaction("E1", ""))), ""},
		{"two without an amount", entry("3.00", details(transaction("E1", ""), b)), "the transactions of the entry come to 2.00, and the entry is of 3.00"},
		{
			"one in another currency", entry("3.00", details(a, strings.Replace(b, "CNY", "USD", 1))),
			"a transaction of the entry cannot be used, line 4",
		},
		{
			"the amount of older versions",
			entry("3.00", details(transaction("E1", `<AmtDtls><InstdAmt><Amt Ccy="USD">9</Amt></InstdAmt><TxAmt>`+amount("1.00")+`</TxAmt></AmtDtls>`), b)), "",
		},
	} {
		_, items := mustRead(t, notification(c.entry))
		if items[0].Problem != c.problem {
			t.Errorf("%s: problem %q, want %q", c.name, items[0].Problem, c.problem)
		}
		for _, i := range items {
			if (i.Problem == "") != (c.problem == "") {
				t.Errorf("%s: %s has the problem %q", c.name, i.EndToEnd, i.Problem)
			}
		}
	}
}

func TestReferenceIsTheTransactionsOrTheEntrys(t *testing.T) {
	own := strings.Replace(transaction("E1", amount("1.00")), "<Refs>", "<Refs><AcctSvcrRef>R1-1</AcctSvcrRef>", 1)
	_, items := mustRead(t, notification(entry("3.00", details(own, transaction("NOTPROVIDED", amount("2.00"))))))
	if items[0].Reference != "R1-1" || items[0].EntryReference != "R1" || items[0].EndToEnd != "E1" {
		t.Errorf("%+v", items[0])
	}
	if items[1].Reference != "R1" || items[1].EndToEnd != "" {
		t.Errorf("%+v", items[1])
	}
}

func TestStatesOfAnEntry(t *testing.T) {
	back := details(transaction("E1", amount("1.00")+"<RtrInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>closed</AddtlInf><AddtlInf>account</AddtlInf></RtrInf>"))
	coded := strings.Replace(entry("1.00", ""), "<AcctSvcrRef>", "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>RRTN</SubFmlyCd></Fmly></Domn></BkTxCd><AcctSvcrRef>", 1)
	for _, c := range []struct {
		name, entry string
		want        iso20022.Status
		problem     bool
	}{
		{"booked", entry("1.00", ""), iso20022.Booked, false},
		{"as older versions write it", strings.Replace(entry("1.00", ""), "<Cd>BOOK</Cd>", "BOOK", 1), iso20022.Booked, false},
		{"pending", strings.Replace(entry("1.00", ""), "BOOK", "PDNG", 1), iso20022.Pending, false},
		{"in future", strings.Replace(entry("1.00", ""), "BOOK", "FUTR", 1), iso20022.Pending, false},
		{"for information", strings.Replace(entry("1.00", ""), "BOOK", "INFO", 1), "", true},
		{"no status", strings.Replace(entry("1.00", ""), "<Sts><Cd>BOOK</Cd></Sts>", "", 1), "", true},
		{"returned", entry("1.00", back), iso20022.Returned, false},
		{"returned by its code", coded, iso20022.Returned, false},
		{"a return that is pending", strings.Replace(entry("1.00", back), "BOOK", "PDNG", 1), iso20022.Pending, false},
		{"no side", strings.Replace(entry("1.00", ""), "CRDT", "UP", 1), iso20022.Booked, true},
	} {
		_, items := mustRead(t, notification(c.entry))
		if i := items[0]; i.Status != c.want || (i.Problem != "") != c.problem {
			t.Errorf("%s: status %q, problem %q", c.name, i.Status, i.Problem)
		}
	}
	_, items := mustRead(t, notification(entry("1.00", back)))
	if items[0].Reason != (iso20022.Reason{Code: "AC04", Text: "closed account"}) {
		t.Errorf("reason %+v", items[0].Reason)
	}
}

func TestBalancesMustFollowFromTheEntries(t *testing.T) {
	balance := func(kind, amount, side string) string {
		return `<Bal><Tp><CdOrPrtry><Cd>` + kind + `</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">` + amount + `</Amt><CdtDbtInd>` + side + `</CdtDbtInd></Bal>`
	}
	debit := strings.Replace(entry("4.00", ""), "CRDT", "DBIT", 1)
	pending := strings.Replace(entry("9.00", ""), "BOOK", "PDNG", 1)
	for _, c := range []struct{ name, account, problem string }{
		{"they do", balance("OPBD", "1.00", "CRDT") + balance("CLBD", "2.00", "DBIT") + entry("1.00", "") + debit + pending, ""},
		{"the previous closing balance", balance("PRCD", "1.00", "CRDT") + balance("CLBD", "1.00", "CRDT") + balance("CLAV", "7.00", "CRDT"), ""},
		{
			"an entry is missing", balance("OPBD", "1.00", "CRDT") + balance("CLBD", "2.00", "DBIT") + entry("1.00", ""),
			"opening balance 1.00, credits 1.00 and debits 0.00 do not come to the closing balance -2.00",
		},
		{"no closing balance", balance("OPBD", "1.00", "CRDT"), "the statement lacks its opening or its closing balance"},
		{"two", balance("OPBD", "1.00", "CRDT") + balance("OPBD", "1.01", "CRDT") + balance("CLBD", "1.00", "CRDT"), "two balances of one kind"},
		{
			"an entry in another currency",
			balance("OPBD", "1.00", "CRDT") + balance("CLBD", "1.00", "CRDT") + strings.Replace(entry("1.00", ""), "CNY", "JPY", 1),
			"an entry has no amount that can be added up",
		},
		{"a balance without a side", balance("OPBD", "1.00", "") + balance("CLBD", "1.00", "CRDT"), `CdtDbtInd "" is neither CRDT nor DBIT`},
	} {
		text := strings.NewReplacer("camt.054", "camt.053", "BkToCstmrDbtCdtNtfctn", "BkToCstmrStmt", "Ntfctn", "Stmt").Replace(notification(c.account))
		header, _ := mustRead(t, text)
		if got := header.Accounts[0].Problem; got != c.problem {
			t.Errorf("%s: problem %q, want %q", c.name, got, c.problem)
		}
	}
}

// A transaction without a status has its group's, and a group the message's.
func TestStatusIsInherited(t *testing.T) {
	report := func(group, payment, tx string) string {
		return `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.11"><CstmrPmtStsRpt>
<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-09-01T09:00:00Z</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>RUN</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.10</OrgnlMsgNmId>` + group + `</OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>G1</OrgnlPmtInfId>` + payment + `<TxInfAndSts><OrgnlEndToEndId>E1</OrgnlEndToEndId>` + tx + `</TxInfAndSts></OrgnlPmtInfAndSts>
</CstmrPmtStsRpt></Document>`
	}
	for _, c := range []struct {
		group, payment, tx string
		want               iso20022.Status
		problem            bool
	}{
		{"", "", "<TxSts>ACSC</TxSts>", iso20022.Settled, false},
		{"<GrpSts>RJCT</GrpSts>", "", "", iso20022.Rejected, false},
		{"<GrpSts>PART</GrpSts>", "<PmtInfSts>ACSP</PmtInfSts>", "", iso20022.Accepted, false},
		{"<GrpSts>ACCP</GrpSts>", "", "<TxSts>RJCT</TxSts>", iso20022.Rejected, false},
		{"<GrpSts>PART</GrpSts>", "", "", iso20022.Partly, true},
		{"", "", "", "", true},
		{"", "", "<TxSts>ZZZZ</TxSts>", "", true},
	} {
		header, items := mustRead(t, report(c.group, c.payment, c.tx))
		i := items[len(items)-1]
		if i.Status != c.want || (i.Problem != "") != c.problem || i.Original != "RUN" || i.Payment != "G1" || i.EndToEnd != "E1" {
			t.Errorf("%s %s %s: %+v", c.group, c.payment, c.tx, i)
		}
		if header.Created != instant("2026-09-01T17:00:00.000+08:00") {
			t.Errorf("created %s", header.Created)
		}
	}
}

func TestTimes(t *testing.T) {
	booked := func(text string) string {
		return strings.Replace(entry("1.00", ""), "<AcctSvcrRef>", "<BookgDt>"+text+"</BookgDt><AcctSvcrRef>", 1)
	}
	for text, want := range map[string]iso20022.Moment{
		"<Dt>2026-09-01</Dt>":                                   iso20022.On(day("2026-09-01")),
		"<Dt>2026-09-01Z</Dt>":                                  iso20022.On(day("2026-09-01")),
		"<Dt>2026-09-01-05:00</Dt>":                             iso20022.On(day("2026-09-01")),
		"<DtTm>2026-09-01T09:00:00</DtTm>":                      iso20022.At(morning),
		"<DtTm>2026-09-01T01:00:00Z</DtTm>":                     iso20022.At(morning),
		"<DtTm>2026-09-01T01:00:00.000999+00:00</DtTm>":         iso20022.At(morning),
		"<DtTm>2026-09-01T23:30:00.5-01:00</DtTm>":              iso20022.At(instant("2026-09-02T08:30:00.500+08:00")),
		"<Dt>2026-02-30</Dt>":                                   {},
		"<DtTm>2026-09-01</DtTm>":                               {},
		"<DtTm>2026-09-01T01:00:00,5Z</DtTm>":                   {},
		"<DtTm>1066-10-14T09:00:00Z</DtTm>":                     {},
		"<Dt>10000-01-01</Dt>":                                  {},
		"<DtTm>2026-09-01T09:00:00.0000000000000000</DtTm>":     iso20022.At(morning),
		"<DtTm>" + strings.Repeat("2026-09-01", 10) + "</DtTm>": {},
	} {
		_, items := mustRead(t, notification(booked(text)))
		if items[0].Booked != want || (items[0].Problem == "") == want.IsZero() {
			t.Errorf("%s is %+v, want %+v (problem %q)", text, items[0].Booked, want, items[0].Problem)
		}
	}
}

// A text that looks like another is a problem of its item, and so is one that the bank
// cannot have had from us.
func TestTextsThatCannotBeCompared(t *testing.T) {
	for end, want := range map[string]string{
		"LEG\u202e-1":            "LEG\ufffd-1",
		"LEG\n-1":                "LEG\ufffd-1",
		strings.Repeat("9", 36):  strings.Repeat("9", 35),
		strings.Repeat("号", 100): strings.Repeat("号", 35),
	} {
		_, items := mustRead(t, notification(entry("1.00", details(transaction(end, amount("1.00"))))))
		if items[0].EndToEnd != want || items[0].Problem == "" {
			t.Errorf("%q is read as %q, problem %q", end, items[0].EndToEnd, items[0].Problem)
		}
	}
	name := "<RltdPties><Dbtr><Pty><Nm>\n\t甲\n\t公司 Ltd  Co\n</Nm></Pty></Dbtr></RltdPties>"
	_, items := mustRead(t, notification(entry("1.00", details(transaction("  E1\n", amount("1.00")+name)))))
	if items[0].EndToEnd != "E1" || items[0].Debtor.Name != "甲 公司 Ltd  Co" || items[0].Problem != "" {
		t.Errorf("%+v", items[0])
	}
}

func TestWhoIsNamed(t *testing.T) {
	valid, other := debtor.Code, supplier.Code
	id := func(scheme, id string) string {
		if scheme != "" {
			scheme = "<SchmeNm><Prtry>" + scheme + "</Prtry></SchmeNm>"
		}
		return "<Othr><Id>" + id + "</Id>" + scheme + "</Othr>"
	}
	for _, c := range []struct {
		name, ids, want string
		problem         bool
	}{
		{"our scheme", id("USCC", valid), valid, false},
		{"no scheme", id("", valid), valid, false},
		{"another scheme", id("DUNS", valid), "", false},
		{"another number", id("", "123456789"), "", false},
		{"several", id("DUNS", "123456789") + id("USCC", valid), valid, false},
		{"twice the same", id("", valid) + id("USCC", valid), valid, false},
		{"two", id("USCC", other) + id("USCC", valid), valid, true},
		{"a typing error", id("USCC", valid[:17]+"0"), "", true},
	} {
		party := "<RltdPties><Cdtr><Pty><Id><OrgId>" + c.ids + "</OrgId></Id></Pty></Cdtr></RltdPties>"
		_, items := mustRead(t, notification(entry("1.00", details(transaction("E1", party)))))
		if i := items[0]; i.Creditor.Code != c.want || (i.Problem != "") != c.problem {
			t.Errorf("%s: %q, problem %q", c.name, i.Creditor.Code, i.Problem)
		}
	}
	sides := `<RltdPties><Dbtr><Agt><FinInstnId><BICFI>POFICHBEXXX</BICFI><Nm>Post</Nm></FinInstnId></Agt></Dbtr>` +
		`<DbtrAcct><Id><IBAN>CH2909000000250094239</IBAN></Id></DbtrAcct></RltdPties>` +
		`<RltdAgts><DbtrAgt><FinInstnId><BIC>BOFAUS6H</BIC><ClrSysMmbId><MmbId>9000</MmbId></ClrSysMmbId></FinInstnId></DbtrAgt></RltdAgts>`
	_, items := mustRead(t, notification(entry("1.00", details(transaction("E1", sides)))))
	if i := items[0]; i.Debtor.Name != "Post" || i.DebtorAccount != "CH2909000000250094239" || i.DebtorAgent != (iso20022.Agent{BIC: "BOFAUS6H", Member: "9000"}) {
		t.Errorf("%+v", i)
	}
}

func TestInitiationIsReadAsABankReadsIt(t *testing.T) {
	text := string(written(t)["pain.001.001.10.xml"])
	for _, c := range []struct{ old, replacement, want string }{
		{"<NbOfTxs>2</NbOfTxs>", "<NbOfTxs>3</NbOfTxs>", `NbOfTxs is "3", and there are 2`},
		{"<CtrlSum>300000.01</CtrlSum>", "<CtrlSum>300000.02</CtrlSum>", "CtrlSum is 300000.02, and the amounts sum to 300000.01"},
		{">0.01<", ">0.001<", "is finer than 0.01"},
		{`"CNY">0.01`, `"USD">0.01`, `is in "USD"`},
		{"<PmtMtd>TRF</PmtMtd>", "<PmtMtd>CHK</PmtMtd>", "only TRF is carried out"},
		{"<EndToEndId>LEG-0002</EndToEndId>", "<EndToEndId>LEG-0001</EndToEndId>", "given twice in the message"},
		{"<EndToEndId>LEG-0002</EndToEndId>", "<EndToEndId>LEG号</EndToEndId>", "entry 2: end-to-end identification"},
		{"<EndToEndId>LEG-0002</EndToEndId>", "", "entry 2: end-to-end identification"},
		{"<EndToEndId>LEG-0002</EndToEndId>", "<EndToEndId>NOTPROVIDED</EndToEndId>", "stands for none"},
		{"<PmtInfId>RUN-20260901-0001-1</PmtInfId>", "", "payment group"},
		{"<Dt>2026-09-01</Dt>", "<Dt>tomorrow</Dt>", "is not a day"},
		{"<Id>" + debtor.Code + "</Id>", "<Id>91330100000000001D</Id>", "is not a social credit code"},
		{"<Nm>Foundry &amp; Sons &lt;Ltd&gt;</Nm>", "", "creditor needs a name"},
	} {
		changed := strings.Replace(text, c.old, c.replacement, 1)
		_, err := iso20022.ReadInitiation(strings.NewReader(changed), iso20022.DefaultLimits())
		if !code.BadFile.Is(err) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s for %s: %v, want %q", c.replacement, c.old, err, c.want)
		}
	}
	for name, text := range written(t) {
		_, err := iso20022.ReadInitiation(bytes.NewReader(text), iso20022.DefaultLimits())
		if (err == nil) != (name == "pain.001.001.10.xml") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSniff(t *testing.T) {
	for name, text := range written(t) {
		kind, err := iso20022.Sniff(bytes.NewReader(text))
		if err != nil || !strings.HasPrefix(name, string(kind)) {
			t.Errorf("%s is taken for %q, %v", name, kind, err)
		}
		_, _, err = read(text, iso20022.DefaultLimits())
		if (err != nil) != (kind == iso20022.Pain001) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := iso20022.Sniff(strings.NewReader("number;debtor;amount\n1;2;3\n")); !code.BadFile.Is(err) {
		t.Errorf("a sheet: %v", err)
	}
}

// What the visitor or the stream fails with comes back as it is, without a code of the
// file's.
func TestErrorsOfOthersComeBack(t *testing.T) {
	full := errors.New("disk full")
	_, err := iso20022.Read(strings.NewReader(notification(entry("1.00", ""))), iso20022.DefaultLimits(), func(iso20022.Item) error { return full })
	if !errors.Is(err, full) || code.Of(err) != nil {
		t.Errorf("visitor: %v", err)
	}
	cut := io.MultiReader(strings.NewReader(notification("")[:200]), iotest.ErrReader(full))
	_, err = iso20022.Read(cut, iso20022.DefaultLimits(), func(iso20022.Item) error { return nil })
	if !errors.Is(err, full) || code.Of(err) != nil {
		t.Errorf("stream: %v", err)
	}
	for name, write := range map[string]func(io.Writer) error{
		"pain.001": func(w io.Writer) error { return iso20022.WriteInitiation(w, sampleInitiation()) },
		"pain.002": func(w io.Writer) error { return iso20022.WriteStatusReport(w, sampleStatus()) },
		"camt.053": func(w io.Writer) error { return iso20022.WriteStatement(w, sampleStatement()) },
		"camt.054": func(w io.Writer) error { return iso20022.WriteNotification(w, sampleNotification()) },
	} {
		if err := write(failing{full}); !errors.Is(err, full) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// counted counts what is written and keeps nothing.
type counted struct{ bytes int64 }

func (c *counted) Write(p []byte) (int, error) { c.bytes += int64(len(p)); return len(p), nil }

// A run of 2,000 legs is written and read within the default limits for 50 times that.
func TestLongMessagesFitTheLimits(t *testing.T) {
	const legs, most = 2_000, 100_000
	in := sampleInitiation()
	n := sampleNotification()
	proto, e := in.Payments[0].Transfers[0], n.Accounts[0].Entries[0]
	in.Payments[0].Transfers, n.Accounts[0].Entries = nil, nil
	for i := range legs {
		proto.EndToEndID = fmt.Sprintf("LEG-%d", i)
		in.Payments[0].Transfers = append(in.Payments[0].Transfers, proto)
		single := e
		single.Details = []iso20022.Detail{e.Details[0]}
		single.Amount = e.Details[0].Amount
		n.Accounts[0].Entries = append(n.Accounts[0].Entries, single)
	}
	limits := iso20022.DefaultLimits()
	limits.Bytes /= most / legs
	limits.Tokens /= most / legs
	limits.Items /= most / legs
	var payments, answers bytes.Buffer
	if err := iso20022.WriteInitiation(&payments, in); err != nil {
		t.Fatal(err)
	}
	if got, err := iso20022.ReadInitiation(&payments, limits); err != nil || len(got.Payments[0].Transfers) != legs {
		t.Errorf("pain.001: %v", err)
	}
	if err := iso20022.WriteNotification(&answers, n); err != nil {
		t.Fatal(err)
	}
	if header, _, err := read(answers.Bytes(), limits); err != nil || header.Items != legs {
		t.Errorf("camt.054: %d items, %v", header.Items, err)
	}
}

func TestWhatIsNotWritten(t *testing.T) {
	for name, change := range map[string]func(*iso20022.Initiation){
		"no message":     func(in *iso20022.Initiation) { in.MessageID = "" },
		"a long message": func(in *iso20022.Initiation) { in.MessageID = strings.Repeat("M", 36) },
		"no time":        func(in *iso20022.Initiation) { in.Created = 0 },
		"beyond time":    func(in *iso20022.Initiation) { in.Created = 1 << 60 },
		"nobody":         func(in *iso20022.Initiation) { in.Initiator = iso20022.Party{} },
		"no payments":    func(in *iso20022.Initiation) { in.Payments = nil },
		"no transfers":   func(in *iso20022.Initiation) { in.Payments[0].Transfers = nil },
		"a group twice":  func(in *iso20022.Initiation) { in.Payments = append(in.Payments, other(in.Payments[0])) },
		"no date":        func(in *iso20022.Initiation) { in.Payments[0].Execution = calendar.Date(0) },
		"no account":     func(in *iso20022.Initiation) { in.Payments[0].DebtorAccount = "" },
		"a long account": func(in *iso20022.Initiation) {
			in.Payments[0].DebtorAccount = iso20022.Account(strings.Repeat("1", 35))
		},
		"no bank":           func(in *iso20022.Initiation) { in.Payments[0].DebtorAgent = iso20022.Agent{Name: "甲"} },
		"a bank by BIC":     func(in *iso20022.Initiation) { in.Payments[0].DebtorAgent.BIC = "POFICHBEXXX" },
		"nothing to pay":    func(in *iso20022.Initiation) { in.Payments[0].Transfers[0].Amount = 0 },
		"less than nothing": func(in *iso20022.Initiation) { in.Payments[0].Transfers[0].Amount = -1 },
		"too much":          func(in *iso20022.Initiation) { in.Payments[0].Transfers[0].Amount = money.MaxFen },
		"too much in all":   func(in *iso20022.Initiation) { in.Payments[0].Transfers[0].Amount = 999_999_999_999_999_999 },
		"a typing error":    func(in *iso20022.Initiation) { in.Payments[0].Transfers[0].Creditor.Code = "91330100000000002G" },
		"hidden text":       func(in *iso20022.Initiation) { in.Payments[0].Transfers[0].Remittance = "a\u202eb" },
		"a line":            func(in *iso20022.Initiation) { in.Payments[0].Transfers[0].Creditor.Name = "a\nb" },
		"no UTF-8":          func(in *iso20022.Initiation) { in.Payments[0].Transfers[0].Creditor.Name = "a\xff" },
		"a long text":       func(in *iso20022.Initiation) { in.Payments[0].Transfers[0].Remittance = strings.Repeat("凭", 141) },
	} {
		in := sampleInitiation()
		change(&in)
		var c counted
		if err := iso20022.WriteInitiation(&c, in); code.Of(err) == nil || c.bytes > 0 {
			t.Errorf("%s: %v, %d bytes written", name, err, c.bytes)
		}
	}
	n := sampleNotification()
	n.Accounts[0].Entries[0].Amount++
	if err := iso20022.WriteNotification(io.Discard, n); !code.BadAmount.Is(err) {
		t.Errorf("transactions that do not add up: %v", err)
	}
	s := sampleStatement()
	s.Accounts[0].Closing++
	if err := iso20022.WriteStatement(io.Discard, s); !code.BadAmount.Is(err) {
		t.Errorf("balances that do not follow: %v", err)
	}
	r := sampleStatus()
	r.Payments[0].Transactions[0].Code = "FINE"
	if err := iso20022.WriteStatusReport(io.Discard, r); !code.BadArgument.Is(err) {
		t.Errorf("an unknown status: %v", err)
	}
}

// other is a group with the same identification and another transfer.
func other(p iso20022.PaymentGroup) iso20022.PaymentGroup {
	t := p.Transfers[0]
	t.EndToEndID = "OTHER"
	p.Transfers = []iso20022.Transfer{t}
	return p
}
