package api

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/outcome"
	"github.com/tierledger/tierledger/ledger/view"
)

// Bounds of a search.
const (
	minSearch  = 2  // characters
	maxFound   = 20 // of one kind
	maxSearch  = 64 // characters
	maxHolding = 20 * view.MaxPage
)

// finding is something that a search found.
type finding struct {
	Kind  string `json:"kind" enum:"certificate,member,transfer,financing,transaction,run,proposal"`
	ID    string `json:"id"`
	Title string `json:"title" doc:"Amount, name or function"`
	Note  string `json:"note" doc:"State, or what else tells it from others"`
}

type searchInput struct {
	Text string `query:"q" required:"true" minLength:"2" maxLength:"64" doc:"A number, code or id, or the beginning of one; for banks, operators and auditors also a part of a member's name"`
}

// search is what one request looks for. Everything is asked for as the viewer may see
// it: what it may not see is not found.
type search struct {
	*reading
	text  string
	found []finding
}

func (s *Server) search(r *reading, in *searchInput) (view.Page[finding], error) {
	page := view.Page[finding]{Items: []finding{}}
	text := strings.TrimSpace(in.Text)
	if utf8.RuneCountInString(text) < minSearch {
		return page, code.BadRequest.New("a search is for %d to %d characters", minSearch, maxSearch)
	}
	q := &search{reading: r, text: text, found: page.Items}
	for _, look := range []func() error{q.certificates, q.members, q.records, q.transaction} {
		if err := look(); err != nil {
			return page, err
		}
	}
	page.Items = q.found
	return page, nil
}

func (q *search) add(kind, id, title, note string) {
	q.found = append(q.found, finding{kind, id, title, note})
}

// certificates finds numbers that begin with the text: for those who see all any, for
// others those that they owe, and those of which they hold fen, in whatever part of the
// number the text is. Another number is found by the whole of it.
func (q *search) certificates() error {
	upper := strings.ToUpper(q.text)
	numbers, err := q.issued(upper)
	if err != nil {
		return err
	}
	if !q.SeesAll() {
		held, err := q.held(upper)
		if err != nil {
			return err
		}
		numbers = append(append(numbers, held...), upper)
	}
	slices.Sort(numbers)
	for _, number := range slices.Compact(numbers) {
		c, _, err := q.Certificate(number)
		if passed, err := hiddenOr(err); passed || err != nil {
			if err != nil {
				return err
			}
			continue
		}
		name, err := q.nameOf(c.Debtor)
		if err != nil {
			return err
		}
		q.add("certificate", number, c.Face.String()+" "+name, c.State.String()+" "+c.Payment.String())
	}
	return nil
}

// issued are the numbers in the state that begin with the text; of others than those who
// see all, only the viewer's own as debtor.
func (q *search) issued(text string) ([]string, error) {
	own := q.Member.ID
	switch {
	case q.SeesAll():
	case strings.HasPrefix(own, text):
		text = own
	case !strings.HasPrefix(text, own):
		return nil, nil
	}
	numbers := []string{}
	prefix := string(record.CertificateKey(text))
	err := q.State.Scan(prefix, record.PrefixEnd(prefix), func(key string, _ []byte) (bool, error) {
		if number := strings.TrimPrefix(key, string(record.CertificateKey(""))); !strings.Contains(number, "/") {
			numbers = append(numbers, number)
		}
		return len(numbers) < maxFound, nil
	})
	return numbers, err
}

// held are the numbers with the text in them of which the viewer holds fen.
func (q *search) held(text string) ([]string, error) {
	numbers := []string{}
	cut := view.Cut{Limit: view.MaxPage}
	for looked := 0; looked < maxHolding; looked += view.MaxPage {
		page, err := view.Holdings(q.View, view.HoldingFilter{Owner: q.Member.ID}, cut)
		if err != nil {
			return nil, err
		}
		for i := range page.Items {
			number := page.Items[i].Certificate
			if strings.Contains(number, text) && !slices.Contains(numbers, number) {
				numbers = append(numbers, number)
			}
			if len(numbers) == maxFound {
				return numbers, nil
			}
		}
		if cut.Cursor = page.Next; cut.Cursor == "" {
			break
		}
	}
	return numbers, nil
}

// members finds a member by its code; whoever may list members by the beginning of the
// code and by a part of the name.
func (q *search) members() error {
	found := func(m *record.Member) { q.add("member", m.ID, m.Name, m.State.String()) }
	if q.Members() != nil {
		m, err := q.FindMember(strings.ToUpper(q.text))
		if err == nil {
			found(m)
		}
		_, err = hiddenOr(err)
		return err
	}
	upper, lower := strings.ToUpper(q.text), strings.ToLower(q.text)
	prefix, left := record.MembersPrefix(), maxFound
	return q.State.Scan(prefix, record.PrefixEnd(prefix), func(key string, data []byte) (bool, error) {
		if strings.Contains(key[len(prefix):], "/") {
			return true, nil
		}
		var m record.Member
		if err := record.Decode(data, &m); err != nil {
			return false, err
		}
		if strings.HasPrefix(m.ID, upper) || strings.Contains(strings.ToLower(m.Name), lower) {
			found(&m)
			left--
		}
		return left > 0, nil
	})
}

// records finds transfers, financings, proposals and runs by their ids.
func (q *search) records() error {
	t, err := q.Transfer(q.text)
	if err == nil {
		q.add("transfer", t.ID, t.Amount.String(), t.State.String())
	}
	f, financingErr := q.Financing(q.text)
	if financingErr == nil {
		q.add("financing", f.Record.ID, f.Record.Amount.String(), f.Record.State.String())
	}
	p, proposalErr := q.Proposal(q.text)
	if proposalErr == nil {
		q.add("proposal", p.ID, p.Function, p.State.String())
	}
	run, runErr := q.Run(q.text)
	if runErr == nil {
		q.add("run", run.Record.ID, run.Record.Payment.String(), run.Record.State.String())
	}
	for _, e := range []error{err, financingErr, proposalErr, runErr} {
		if _, err := hiddenOr(e); err != nil {
			return err
		}
	}
	return nil
}

// transaction finds a transaction by its id.
func (q *search) transaction() error {
	id, err := record.ParseDigest(q.text)
	if err != nil {
		return nil // it is no transaction's id
	}
	o, err := outcome.Find(q.View, id)
	if err != nil {
		return err
	}
	o, err = q.Outcome(id, o)
	if passed, err := hiddenOr(err); passed || err != nil {
		return err
	}
	q.add("transaction", id.String(), o.Function, code.Code(o.Code).String())
	return nil
}

// hiddenOr reports whether an error says that there is nothing to see; another error is
// given back.
func hiddenOr(err error) (nothing bool, other error) {
	if code.NotAuthorised.Is(err) || code.NotFound.Is(err) {
		return true, nil
	}
	return false, err
}

func (s *Server) searchRoutes() {
	read(s, huma.Operation{
		OperationID: "search", Path: "/v1/search", Tags: []string{"search"},
		Summary: "Find by number, code, id or name",
		Description: "Only what you may see: certificates and members by the beginning of their number or code, transfers, financings, proposals, " +
			"runs and transactions by their id. At most 20 of each kind.",
	}, s.search)
}
