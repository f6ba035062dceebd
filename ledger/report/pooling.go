package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// RecordKind is a kind of record that the ledger may hold, and what it is.
type RecordKind struct {
	Kind string `json:"kind" doc:"First segment of the state keys"`
	What string `json:"what"`
}

// RecordKinds are all kinds of records that a ledger may hold. None is a balance of
// money: amounts are fen of certificates, bounds, or facts about payments between
// banks that are made elsewhere.
func RecordKinds() []RecordKind {
	return []RecordKind{
		{"advice", "a bank's word that money moved between two accounts, with the bank's reference"},
		{"alert", "answers to alerts"},
		{"certificate", "certificates, their holdings and reviews: who owns which fen of a debt"},
		{"confirmation", "requests to confirm a debt"},
		{"contract", "trade contracts"},
		{"credential", "keys of people"},
		{"delivery", "deliveries"},
		{"discount", "debtors' offers to pay early"},
		{"due", "what time will end"},
		{"entry", "which certificates a run clears"},
		{"extension", "offers to pay later, with consents"},
		{"financing", "financings"},
		{"group", "banks' caps over credit lines"},
		{"invoice", "invoices by fingerprint, and how much of them is used"},
		{"limit", "banks' limits on debtors and suppliers"},
		{"line", "credit lines: bounds, not money"},
		{"maker", "open proposals by maker"},
		{"member", "members, their policies, bank accounts (commitments) and choices of them"},
		{"order", "orders of courts and registrars"},
		{"pack", "rule packs"},
		{"pledge", "pledges"},
		{"proposal", "proposals that wait for approval"},
		{"quote", "sealed quotes"},
		{"rate", "posted rates"},
		{"reference", "debtors' payment references"},
		{"registration", "entries in the unified registry"},
		{"replay", "a digest of recent transactions"},
		{"round", "funds that a debtor's bank said it has, and how they were divided"},
		{"run", "what a debtor owes on a payment date"},
		{"settings", "facts of the network"},
		{"settlement", "payments between two bank accounts, and the fen that they move"},
		{"slot", "which line a bank gives a debtor"},
		{"stop", "attestations that stop a debtor"},
		{"transfer", "transfers"},
		{"unpaid", "runs of which something is owed"},
		{"validator", "validator nodes"},
		{"waiver", "late interest given up"},
	}
}

// NoPooling is the proof, from the ledger alone, that no money is held on it or by who
// operates it (NO-POOLING, notice 银发〔2025〕77号 art. 4 and 14). It stands when there
// are no findings.
type NoPooling struct {
	AsOf        AsOf         `json:"asOf"`
	Holds       bool         `json:"holds" doc:"There are no findings"`
	Members     int64        `json:"members"`
	Operators   int64        `json:"operators" doc:"Members that operate the network and do nothing else on it"`
	Accounts    int64        `json:"accounts" doc:"Registered bank accounts"`
	Settlements int64        `json:"settlements" doc:"Payments that were ever agreed or computed"`
	Instructed  int64        `json:"instructed" doc:"Of them: that a bank ever instructed"`
	Settled     Flow         `json:"settled" doc:"Of them: that settled on an advice, also those that came back"`
	Advices     int64        `json:"advices"`
	Purposes    []PurposeSum `json:"purposes" doc:"What was settled, by purpose"`
	Kinds       []KindCount  `json:"kinds" doc:"Records by kind"`
	Findings    []Finding    `json:"findings"`
}

// PurposeSum is what was settled for one purpose.
type PurposeSum struct {
	Purpose record.Purpose `json:"purpose"`
	Flow
}

// KindCount is how many records of a kind there are.
type KindCount struct {
	RecordKind
	Count int64 `json:"count"`
}

// Finding is something against the proof.
type Finding struct {
	Subject string `json:"subject"`
	Text    string `json:"text"`
}

// maxFindings bounds how many findings are listed; a ledger with more has more.
const maxFindings = 1000

// ProveNoPooling reads every record once. It checks that
//   - every payment that was ever instructed or settled names a payer and a payee, two
//     different members, each with a registered account at the bank that it names;
//   - what settled did so on an advice of the payee's bank that says the same accounts
//     and the same amount;
//   - no account belongs to a member that only operates the network;
//   - every record is of a kind of RecordKinds, none of which is a balance.
func ProveNoPooling(src Source) (*NoPooling, error) {
	p := &pooling{src: &src, kinds: map[string]int64{}, sums: map[record.Purpose]*Flow{}}
	p.AsOf = src.AsOf()
	const end = "\xff" // keys are ASCII
	err := src.State.Scan("", end, func(key string, data []byte) (bool, error) {
		p.kinds[record.KindOf(key)]++
		return true, p.one(key, data)
	})
	if err != nil {
		return nil, fmt.Errorf("prove that nothing is pooled: %w", err)
	}
	for _, kind := range RecordKinds() {
		p.Kinds = append(p.Kinds, KindCount{kind, p.kinds[kind.Kind]})
		delete(p.kinds, kind.Kind)
	}
	for kind, n := range p.kinds {
		p.found(kind, "%d records of a kind that is not in the list", n)
	}
	p.Purposes = []PurposeSum{}
	for purpose := record.PurposeFinancing; purpose.String() != ""; purpose++ {
		if sum := p.sums[purpose]; sum != nil {
			p.Purposes = append(p.Purposes, PurposeSum{purpose, *sum})
		}
	}
	slices.SortStableFunc(p.Findings, func(a, b Finding) int { return strings.Compare(a.Subject, b.Subject) })
	p.Findings = append([]Finding{}, p.Findings[:min(len(p.Findings), maxFindings)]...)
	p.Holds = len(p.Findings) == 0
	return &p.NoPooling, nil
}

type pooling struct {
	NoPooling
	src   *Source
	kinds map[string]int64
	sums  map[record.Purpose]*Flow
}

func (p *pooling) found(subject, format string, args ...any) {
	p.Findings = append(p.Findings, Finding{subject, fmt.Sprintf(format, args...)})
}

func (p *pooling) one(key string, data []byte) error {
	switch record.KindOf(key) {
	case "member":
		return p.member(key, data)
	case "advice":
		p.Advices++
	case "settlement":
		s := new(record.Settlement)
		if err := record.Read(data, s); err != nil {
			return fmt.Errorf("read %s: %w", key, err)
		}
		return p.settlement(s)
	}
	return nil
}

// trading are the roles of members that own fen, owe them, or pay for them.
const trading = record.Debtor | record.Holder | record.Funder | record.Guarantor

func (p *pooling) member(key string, data []byte) error {
	id, rest, _ := strings.Cut(strings.TrimPrefix(key, record.MembersPrefix()), "/")
	switch {
	case rest == "":
		m := new(record.Member)
		if err := record.Read(data, m); err != nil {
			return fmt.Errorf("read %s: %w", key, err)
		}
		p.Members++
		if m.Roles.Has(record.Operator) && !m.Roles.Any(trading) {
			p.Operators++
		}
	case strings.HasPrefix(key, record.AccountsPrefix(id)):
		p.Accounts++
		m, err := record.Find(p.src.State, record.MemberKey(id))
		if err != nil {
			return err
		}
		switch {
		case m == nil:
			p.found(key, "a bank account of nobody")
		case m.Roles.Has(record.Operator) && !m.Roles.Any(trading):
			p.found(key, "a bank account of %s, which operates the network and does nothing else on it", id)
		}
	}
	return nil
}

func (p *pooling) settlement(s *record.Settlement) error {
	if s.Payer == "" {
		return nil // a request for quotes: nobody pays yet
	}
	p.Settlements++
	instructed := s.Instruction.Member != ""
	settled := s.State == record.SettlementSettled || s.State == record.SettlementReturned
	if instructed {
		p.Instructed++
	}
	if !instructed && !settled {
		return nil
	}
	if s.Payer == s.Payee {
		p.found(s.ID, "payer and payee are both %s", s.Payer)
	}
	for _, side := range []struct{ member, account, bank string }{
		{s.Payer, s.PayerAccount, s.PayerBank}, {s.Payee, s.PayeeAccount, s.PayeeBank},
	} {
		a, err := record.Find(p.src.State, record.AccountKey(side.member, side.account))
		if err != nil {
			return err
		}
		if a == nil || side.bank == "" || a.Bank != side.bank {
			p.found(s.ID, "%s has no account %q at bank %q", side.member, side.account, side.bank)
		}
	}
	if !settled {
		return nil
	}
	return p.settled(s)
}

// settled holds a payment against the advice that settled it.
func (p *pooling) settled(s *record.Settlement) error {
	if p.sums[s.Purpose] == nil {
		p.sums[s.Purpose] = &Flow{}
	}
	if err := p.sums[s.Purpose].add(1, s.Amount); err != nil {
		return err
	}
	if err := p.Settled.add(1, s.Amount); err != nil {
		return err
	}
	a, err := record.Find(p.src.State, record.AdviceKey(s.AdviceBank, s.AdviceRef))
	if err != nil {
		return err
	}
	switch {
	case a == nil:
		p.found(s.ID, "it settled without an advice")
	case a.Settlement != s.ID:
		p.found(s.ID, "the advice that settled it is of settlement %s", a.Settlement)
	case a.Bank != s.PayeeBank:
		p.found(s.ID, "bank %s advised it, the payee's is %s", a.Bank, s.PayeeBank)
	case a.Payer != s.Payer || a.PayerAccount != s.PayerAccount || a.Payee != s.Payee || a.PayeeAccount != s.PayeeAccount:
		p.found(s.ID, "the advice is of a payment from account %s of %s to account %s of %s", a.PayerAccount, a.Payer, a.PayeeAccount, a.Payee)
	case a.Amount != s.Amount+s.Excess:
		p.found(s.ID, "the advice is of %s, it settled %s", a.Amount, s.Amount+s.Excess)
	}
	return nil
}

// Text writes the proof for a person who checks it: what was read, what was found.
func (p *NoPooling) Text(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "No pooling of money, as of block %d, %s\n\n", p.AsOf.Height, p.AsOf.Time)
	fmt.Fprintf(&b, "%d members, of which %d only operate the network; %d bank accounts\n", p.Members, p.Operators, p.Accounts)
	fmt.Fprintf(&b, "%d payments, of which %d were instructed; %d bank advices\n", p.Settlements, p.Instructed, p.Advices)
	fmt.Fprintf(&b, "%d settled, together %s\n", p.Settled.Count, yuan(p.Settled.Amount))
	for _, s := range p.Purposes {
		fmt.Fprintf(&b, "  %-14s %8d  %22s\n", s.Purpose, s.Count, yuan(s.Amount))
	}
	b.WriteString("\nEvery record is of one of these kinds; none is a balance of money\n")
	for _, k := range p.Kinds {
		fmt.Fprintf(&b, "  %-14s %8d  %s\n", k.Kind, k.Count, k.What)
	}
	if p.Holds {
		b.WriteString("\nEvery payment that was instructed names two registered accounts of two members at named banks; every one that settled did so on an advice with the same accounts and amount; no account is the operator's. Nothing was found against it.\n")
	} else {
		fmt.Fprintf(&b, "\n%d findings\n", len(p.Findings))
	}
	for _, f := range p.Findings {
		fmt.Fprintf(&b, "  %s: %s\n", f.Subject, f.Text)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func yuan(f money.Fen) string { return "¥" + f.Human() }
