package load

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/crypto/jws"
	"github.com/tierledger/tierledger/network/devnet"
)

// What the certificates are about.
const (
	face      money.Fen = 1_000_00
	lineLimit money.Fen = 900_000_000_000_00
	termDays            = 90
	lineName            = "L1"
	txLife              = 12 * time.Hour // longer than any run
)

// group is a debtor, its supplier, and the supplier's own supplier. The debtor has
// a credit line of its own at the first bank.
type group struct {
	debtor, supplier, second party
	first, next              string // trade contracts: debtor with supplier, supplier with second
	issued                   int    // certificates numbered so far
}

// party is an enterprise and its maker's key.
type party struct {
	devnet.Member
	maker credential.PrivateKey
}

// paper is one certificate and what covers its issue and its transfer.
type paper struct {
	group             *group
	number, reference string
	invoice, onward   record.Digest
}

// cast makes transactions of the groups and their bank.
type cast struct {
	network        string
	bank           string // the first bank's member id
	maker, checker credential.PrivateKey
	today          calendar.Date
	groups         []*group
	invoices       int
	papers         int
}

// sign makes a transaction. The argument is one of the contracts' types.
func (c *cast) sign(key credential.PrivateKey, function string, argument any) (signed, error) {
	text, err := json.Marshal(argument)
	if err != nil {
		return signed{}, fmt.Errorf("sign %s: %w", function, err)
	}
	nonce, err := jws.NewNonce(rand.Reader)
	if err != nil {
		return signed{}, fmt.Errorf("sign %s: %w", function, err)
	}
	raw, id, err := jws.SignTransaction(key, jws.Payload{
		Network: c.network, Function: function, Argument: text, Nonce: nonce,
		Expires: time.Now().Add(txLife).Unix(),
	})
	return signed{raw, id}, err
}

// signEach makes one transaction of each item.
func signEach[T any](ctx context.Context, items []T, sign func(T) (signed, error)) ([]signed, error) {
	txs := make([]signed, len(items))
	for i, item := range items {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var err error
		if txs[i], err = sign(item); err != nil {
			return nil, err
		}
	}
	return txs, nil
}

// batches makes the items of neighbours with the same signer into batches.
func (c *cast) batches(
	papers []*paper, function string, signer func(*group) credential.PrivateKey, argument func(*paper) any,
) ([]signed, error) {
	var txs []signed
	for from := 0; from < len(papers); {
		to := from + 1
		for to < len(papers) && to-from < batchItems && papers[to].group == papers[from].group {
			to++
		}
		tx, err := c.batch(signer(papers[from].group), function, papers[from:to], argument)
		if err != nil {
			return nil, err
		}
		txs = append(txs, tx)
		from = to
	}
	return txs, nil
}

// batch makes one batch of papers that share a signer.
func (c *cast) batch(key credential.PrivateKey, function string, papers []*paper, argument func(*paper) any) (signed, error) {
	type item struct {
		Function string `json:"function"`
		Argument any    `json:"argument"`
	}
	var in struct {
		Items []item `json:"items"`
	}
	for _, p := range papers {
		in.Items = append(in.Items, item{function, argument(p)})
	}
	return c.sign(key, "batch:Run", in)
}

// newGroups makes the members and the transactions that enrol them, grant their
// lines and record their contracts, in three steps that follow one another.
func (c *cast) newGroups(suite credential.Algorithm) (steps [3][]signed, err error) {
	c.groups = make([]*group, groupCount)
	for i := range c.groups {
		g := &group{}
		c.groups[i] = g
		for _, m := range []struct {
			party *party
			role  record.Roles
			name  string
		}{{&g.debtor, record.Debtor, "debtor"}, {&g.supplier, record.Holder, "supplier"}, {&g.second, record.Holder, "second"}} {
			tx, err := c.enrol(m.party, m.name+strconv.Itoa(i+1), m.role, suite)
			if err != nil {
				return steps, err
			}
			steps[0] = append(steps[0], tx)
		}
		line, err := c.sign(c.maker, "credit:Grant", credit.GrantArgument{
			ID: lineName + "-" + strconv.Itoa(i+1), Debtor: g.debtor.ID, Limit: lineLimit, From: c.today, To: c.today.AddMonths(12),
		})
		if err != nil {
			return steps, err
		}
		steps[1] = append(steps[1], line)
		for _, side := range []struct {
			id            *string
			buyer, seller *party
		}{{&g.first, &g.debtor, &g.supplier}, {&g.next, &g.supplier, &g.second}} {
			tx, id, err := c.contract(side.buyer, side.seller)
			if err != nil {
				return steps, err
			}
			*side.id = id
			steps[2] = append(steps[2], tx)
		}
	}
	return steps, nil
}

func (c *cast) enrol(p *party, alias string, roles record.Roles, suite credential.Algorithm) (signed, error) {
	id, err := devnet.CodeFor(c.network, alias)
	if err != nil {
		return signed{}, err
	}
	p.Member = devnet.Member{Alias: alias, ID: id, Name: alias, Class: record.LargeEnterprise}
	people := []devnet.Person{{Name: "admin1", Roles: record.Admin}, {Name: "maker", Roles: record.Maker}}
	from := calendar.FromTime(time.Now().Add(-time.Hour))
	enrol, keys, err := devnet.NewEnrolment(c.network, p.Member, roles, suite, from, people)
	if err != nil {
		return signed{}, err
	}
	p.maker = keys[1].Key
	return c.sign(c.maker, "member:Enrol", enrol)
}

func (c *cast) contract(buyer, seller *party) (signed, string, error) {
	document := record.Digest(sha256.Sum256([]byte("contract " + buyer.ID + seller.ID)))
	tx, err := c.sign(buyer.maker, "evidence:RecordContract", evidence.ContractArgument{
		Buyer: buyer.ID, Seller: seller.ID, Document: document, Signed: c.today, TermDays: termDays, Agreed: true,
	})
	return tx, evidence.DocumentID(buyer.ID, seller.ID, document), err
}

// newPapers numbers n certificates, in runs of one group that fill a batch each.
func (c *cast) newPapers(n int) ([]*paper, error) {
	groups := make([]*group, n)
	for i := range groups {
		groups[i] = c.groups[i/batchItems%len(c.groups)]
	}
	return c.papersFor(groups)
}

// papersFor numbers a certificate of each group.
func (c *cast) papersFor(groups []*group) ([]*paper, error) {
	papers := make([]*paper, len(groups))
	for i, g := range groups {
		p := &paper{group: g}
		p.group.issued++
		c.papers++
		var err error
		if p.number, err = number.NewCertificate(p.group.debtor.ID, c.today, p.group.issued); err != nil {
			return nil, err
		}
		p.reference = "AP-" + strconv.Itoa(c.papers)
		p.invoice, p.onward = c.fingerprint(), c.fingerprint()
		papers[i] = p
	}
	return papers, nil
}

// byGroup is the papers with those of a group side by side, as batches want them.
func byGroup(papers []*paper) []*paper {
	return slices.SortedStableFunc(slices.Values(papers), func(a, b *paper) int {
		return strings.Compare(a.group.debtor.ID, b.group.debtor.ID)
	})
}

// fingerprint stands for an invoice's: the ledger sees no more of it.
func (c *cast) fingerprint() record.Digest {
	c.invoices++
	return sha256.Sum256([]byte(c.network + " invoice " + strconv.Itoa(c.invoices)))
}

func (c *cast) lineOf(g *group) string {
	for i := range c.groups {
		if c.groups[i] == g {
			return lineName + "-" + strconv.Itoa(i+1)
		}
	}
	panic("a group that is not of this cast")
}

func (c *cast) firstInvoice(p *paper) any {
	return c.invoiceOf(p.invoice, p.group.first, &p.group.debtor, &p.group.supplier)
}

func (c *cast) onwardInvoice(p *paper) any {
	return c.invoiceOf(p.onward, p.group.next, &p.group.supplier, &p.group.second)
}

func (c *cast) invoiceOf(fingerprint record.Digest, contract string, buyer, seller *party) any {
	return evidence.InvoiceArgument{
		Fingerprint: fingerprint, Scheme: evidence.SchemeHMAC, Epoch: 1, Seller: seller.ID, Buyer: buyer.ID,
		Contract: contract, Amount: face, Date: c.today,
	}
}

func (c *cast) verification(fingerprint record.Digest) any {
	return evidence.VerifyArgument{Invoice: fingerprint, Kind: record.TaxCheck, Good: true, Document: sha256.Sum256(fingerprint[:])}
}

func (c *cast) issue(p *paper) any {
	return certificate.IssueArgument{
		Number: p.number, Creditor: p.group.supplier.ID, Face: face, IssueDate: c.today, Maturity: c.today.AddDays(termDays),
		Currency: certificate.Currency, Reference: p.reference, Contract: p.group.first,
		Bank: c.bank, Line: c.lineOf(p.group), Allocations: []record.Allocation{{Invoice: p.invoice, Amount: face}},
	}
}

func (c *cast) accept(p *paper) any { return certificate.CertificateArgument{Certificate: p.number} }

// transfer offers all of a certificate to the supplier's own supplier.
func (c *cast) transfer(p *paper) any {
	return certificate.TransferArgument{
		To: p.group.second.ID, Reference: "PAY-" + p.reference,
		Legs:        []record.Leg{{Certificate: p.number, Holding: 1, Version: 1, Interval: interval.Whole(face)}},
		Allocations: []record.Allocation{{Invoice: p.onward, Amount: face}},
	}
}

// transferSizes are the bytes of a signed offer and of its acceptance.
func transferSizes(suite credential.Algorithm) ([2]int, error) {
	var sizes [2]int
	key, err := credential.Generate(suite, rand.Reader)
	if err != nil {
		return sizes, err
	}
	c := &cast{network: networkName, today: calendar.FromTime(time.Now()).Date()}
	id, err := devnet.CodeFor(networkName, "somebody")
	if err != nil {
		return sizes, err
	}
	g := &group{}
	g.debtor.ID, g.second.ID = id, id
	c.groups = []*group{g}
	papers, err := c.newPapers(1)
	if err != nil {
		return sizes, err
	}
	offer, err := c.sign(key, "certificate:Transfer", c.transfer(papers[0]))
	if err != nil {
		return sizes, err
	}
	answer, err := c.sign(key, "certificate:AcceptTransfer", certificate.OfferArgument{ID: "abcdefghij234567"})
	return [2]int{len(offer.raw), len(answer.raw)}, err
}
