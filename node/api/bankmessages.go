package api

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/envelope"
	"github.com/tierledger/tierledger/ledger/view"
	"github.com/tierledger/tierledger/node/bankdesk"
	"github.com/tierledger/tierledger/node/iso20022"
	"github.com/tierledger/tierledger/node/reconcile"
)

// mediaXML is the media type of banks' messages.
const mediaXML = "application/xml"

// maxTransfers is how many legs one payment order has at most.
const maxTransfers = 50_000

// deskOf is the bank at whose clearing desk the viewer works here.
func (s *Server) deskOf(r *reading, role record.PersonRoles) (bank string, err error) {
	own, err := s.ownBank(r)
	if err != nil {
		return "", err
	}
	return r.BankDesk(own, role)
}

func personOf(r *reading) bankdesk.Clerk {
	return bankdesk.Clerk{Member: r.Member.ID, Person: r.Credential.Person, Key: r.Credential.ID}
}

// deskAccount is the number of an account, as the bank's own people have opened it.
type deskAccount struct {
	Member  string `json:"member" maxLength:"18" doc:"Social credit code of whose account it is"`
	Account string `json:"account" maxLength:"64" doc:"The member's own word for it"`
	Number  string `json:"number" maxLength:"34"`
	Name    string `json:"name" maxLength:"512" doc:"In which the bank keeps it"`
	Salt    []byte `json:"salt" maxLength:"32" doc:"The 16 bytes before the text in what was opened"`
}

// numbers compares given numbers with the ledger's commitments. They are used for this
// request, and kept nowhere.
func (r *reading) numbers(given []deskAccount) (n reconcile.Numbers, err error) {
	for i := range given {
		in := &given[i]
		if len(in.Salt) != envelope.SaltSize {
			return n, code.BadArgument.New("the salt of account %.64q has %d bytes, and not %d", in.Account, len(in.Salt), envelope.SaltSize)
		}
		account, err := r.CommittedAccount(in.Member, in.Account)
		if err != nil {
			return n, err
		}
		if account == nil { // told as a wrong number is
			account = &record.Account{Member: in.Member, ID: in.Account}
		}
		opened := reconcile.BankAccount{Number: in.Number, Name: in.Name}
		if err := reconcile.CheckAccount(account, envelope.Salt(in.Salt), opened); err != nil {
			return n, err
		}
		if err := n.Add(reconcile.Account{Member: in.Member, ID: in.Account}, iso20022.Account(in.Number)); err != nil {
			return n, err
		}
	}
	return n, nil
}

// toOrder are the legs of a run that the viewer's bank has instructed, and their round is
// the one that is wanted.
func (r *reading) toOrder(run, bank string, round uint32) ([]record.Settlement, error) {
	legs, err := r.DeskLegs(run, bank, record.SettlementInstructed, false)
	if err != nil {
		return nil, err
	}
	list := []record.Settlement{}
	for i := range legs {
		if legs[i].PayeeAccount != "" && (round == 0 || legs[i].Round == round) {
			list = append(list, legs[i])
		}
	}
	return list, nil
}

type paymentOrderInput struct {
	ID   string `path:"id" maxLength:"32" doc:"The debtor's code, a hyphen and the payment date"`
	Body struct {
		Round    uint32        `json:"round,omitempty" doc:"Only legs of this round"`
		Message  string        `json:"message,omitempty" maxLength:"35" doc:"Write this order again, byte for byte, as long as none of its legs has moved on"`
		Accounts []deskAccount `json:"accounts" maxItems:"50000" doc:"Numbers that the bank's people have opened; an account without one is named by member and word"`
	}
}

// paymentOrder writes the pain.001 for what the viewer's bank has instructed.
func (s *Server) paymentOrder(r *reading, in *paymentOrderInput) (*file, error) {
	bank, err := s.deskOf(r, record.Maker)
	if err != nil {
		return nil, err
	}
	legs, err := r.toOrder(in.ID, bank, in.Body.Round)
	if err != nil {
		return nil, err
	}
	numbers, err := r.numbers(in.Body.Accounts)
	if err != nil {
		return nil, err
	}
	written, err := s.BankDesk.Orders(bank, in.ID)
	if err != nil {
		return nil, err
	}
	order, err := freshOrder(bank, r.Now, legs, written)
	if in.Body.Message != "" {
		order, err = sameOrder(bank, in.Body.Message, legs, written)
	}
	if err != nil {
		return nil, err
	}
	var failed error
	names := map[string]string{}
	message := order.Initiation(numbers, func(member string) string {
		name, known := names[member]
		if !known {
			m, err := record.Find(r.State, record.MemberKey(member))
			if err == nil && m != nil {
				name = m.Name
			}
			names[member], failed = name, keepFirst(failed, err)
		}
		return name
	})
	var text bytes.Buffer
	if err := keepFirst(failed, iso20022.WriteInitiation(&text, message)); err != nil {
		return nil, err
	}
	// It is noted before it leaves: a client that hears nothing asks for the message again.
	if err := s.BankDesk.Write(in.ID, order, personOf(r)); err != nil {
		return nil, err
	}
	return newFile(mediaXML, order.Message+".xml", text.Bytes()), nil
}

// freshOrder is the order of the legs that are in none under their present instruction.
func freshOrder(bank string, now calendar.Instant, legs []record.Settlement, written []bankdesk.PaymentOrder) (*reconcile.Order, error) {
	keys := map[string]bool{}
	for i := range written {
		for _, key := range written[i].Legs {
			keys[key] = true
		}
	}
	var fresh []record.Settlement
	for i := range legs {
		if !reconcile.Ordered(&legs[i], keys) && len(fresh) < maxTransfers {
			fresh = append(fresh, legs[i])
		}
	}
	switch {
	case len(legs) == 0:
		return nil, code.LegState.New("no leg that is paid through your bank is instructed and waits to be paid")
	case len(fresh) == 0:
		return nil, code.AlreadyExists.New("all %d instructed legs are in payment orders; ask for one of them again by its message", len(legs))
	}
	order := reconcile.NewOrder(bank, now, fresh)
	return &order, nil
}

// sameOrder is an order that was written, from its legs as they are now.
func sameOrder(bank, message string, legs []record.Settlement, written []bankdesk.PaymentOrder) (*reconcile.Order, error) {
	for i := range written {
		w := &written[i]
		if w.Message != message {
			continue
		}
		keys := map[string]bool{}
		for _, key := range w.Legs {
			keys[key] = true
		}
		var same []record.Settlement
		for j := range legs {
			if keys[reconcile.OrderKey(&legs[j])] {
				same = append(same, legs[j])
			}
		}
		order := reconcile.NewOrder(bank, w.Created, same)
		if order.Message != message {
			return nil, code.LegState.New("%d of the %d legs of payment order %s are not as they were instructed", w.Count-len(same), w.Count, message)
		}
		return &order, nil
	}
	return nil, code.NotFound.New("payment order %.40q of your bank", message)
}

type paymentOrdersInput struct {
	ID string `path:"id" maxLength:"32" doc:"The debtor's code, a hyphen and the payment date"`
}

type ordersView struct {
	Items []bankdesk.PaymentOrder `json:"items"`
}

func (s *Server) paymentOrders(r *reading, in *paymentOrdersInput) (*ordersView, error) {
	bank, err := s.deskOf(r, 0)
	if err != nil {
		return nil, err
	}
	if _, err := r.Run(in.ID); err != nil {
		return nil, err
	}
	list, err := s.BankDesk.Orders(bank, in.ID)
	return &ordersView{list}, err
}

// SealedAccount is an account whose number is sealed.
type SealedAccount struct {
	Member     string        `json:"member" doc:"Whose it is"`
	Account    string        `json:"account" doc:"The member's own word for it"`
	Bank       string        `json:"bank" doc:"With which it is kept"`
	Sealed     []byte        `json:"sealed" doc:"Sealed document"`
	Commitment record.Digest `json:"commitment" doc:"To the text that is sealed behind a salt of 16 bytes: {number, name} as JSON"`
	Context    string        `json:"context" doc:"With which it is opened"`
	Readable   bool          `json:"readable" doc:"Whether it is sealed to the encryption key that your bank has registered"`
}

// sealedLeg is a leg to be ordered, with the account that it is paid to.
type sealedLeg struct {
	Leg   string `json:"leg"`
	Payee string `json:"payee"`
	SealedAccount
}

// sealedPage is a page of legs to be ordered.
type sealedPage struct {
	view.Page[sealedLeg]
	Payers []SealedAccount `json:"payers" doc:"The accounts from which the legs of this page are paid"`
}

type sealedAccountsInput struct {
	ID    string `path:"id" maxLength:"32" doc:"The debtor's code, a hyphen and the payment date"`
	Round uint32 `query:"round" doc:"Only legs of this round"`
	Cut
}

// sealedAccounts lists what a bank's people open before they order payments.
func (s *Server) sealedAccounts(r *reading, in *sealedAccountsInput) (*sealedPage, error) {
	bank, err := s.deskOf(r, record.Maker)
	if err != nil {
		return nil, err
	}
	legs, err := r.toOrder(in.ID, bank, in.Round)
	if err != nil {
		return nil, err
	}
	var key envelope.KeyID
	if public, err := envelope.ParsePublicKey(r.Member.Encryption); err == nil {
		key = public.ID()
	}
	page := &sealedPage{Page: view.Page[sealedLeg]{Items: []sealedLeg{}}, Payers: []SealedAccount{}}
	payers := map[reconcile.Account]bool{}
	for i := range legs {
		leg := &legs[i]
		if leg.ID <= in.Cursor {
			continue
		}
		if len(page.Items) == in.Limit {
			page.Next = page.Items[len(page.Items)-1].Leg
			break
		}
		payer, payee, err := r.OrderedAccounts(leg)
		if err != nil {
			return nil, err
		}
		if payer == nil || payee == nil {
			return nil, fmt.Errorf("leg %s is between accounts of which one is not there", leg.ID)
		}
		page.Items = append(page.Items, sealedLeg{leg.ID, leg.Payee, sealedOf(payee, key)})
		if at := (reconcile.Account{Member: payer.Member, ID: payer.ID}); !payers[at] {
			payers[at] = true
			page.Payers = append(page.Payers, sealedOf(payer, key))
		}
	}
	return page, nil
}

func sealedOf(a *record.Account, key envelope.KeyID) SealedAccount {
	out := SealedAccount{
		Member: a.Member, Account: a.ID, Bank: a.Bank, Sealed: a.Sealed, Commitment: a.Commitment,
		Context: string(reconcile.AccountContext(a.Member, a.ID)),
	}
	readers, err := envelope.Recipients(a.Sealed)
	if err != nil {
		return out // not sealed in a form that anybody opens here
	}
	for _, id := range readers {
		out.Readable = out.Readable || id == key
	}
	return out
}

// deskBodyLimit is the size of the largest body of a request to a bank's clearing desk,
// in bytes; 0 for all other requests.
func (s *Server) deskBodyLimit(r *http.Request) int64 {
	if s.BankDesk == nil || r.Method != http.MethodPost {
		return 0
	}
	path := r.URL.Path
	if path == readingPath || strings.HasPrefix(path, runsPath) &&
		(strings.HasSuffix(path, reconciliationPath) || strings.HasSuffix(path, paymentOrderPath)) {
		return maxMessages
	}
	return 0
}

// enterLarge lets a larger body be read, of a person who may bring one, and takes one of
// the places for it. The caller leaves it.
func (s *Server) enterLarge(r *http.Request, f *facts, limit int64) (leave func(), err error) {
	if r.ContentLength > limit {
		return nil, code.TooLarge.New("at most %d bytes", limit)
	}
	return s.mayUpload(r, f)
}

// Paths with larger bodies.
const (
	runsPath           = "/v1/runs/"
	paymentOrderPath   = "/payment-order"
	reconciliationPath = "/reconciliation"
	readingPath        = "/v1/bank-messages/reading"
)

func (s *Server) bankMessageRoutes() {
	if s.BankDesk == nil {
		return
	}
	tags := []string{"bank messages"}
	desk := &messageDesk{places: make(chan struct{}, readingsAtOnce)}
	statements := messageBody()
	const own = "For people of the bank that runs this node, or of another bank for the legs that name it. "
	readFile(s, huma.Operation{
		OperationID: "writePaymentOrder", Method: http.MethodPost, Path: runsPath + "{id}" + paymentOrderPath, Tags: tags,
		Summary: "The payment order (pain.001) for the legs that your bank has instructed",
		Description: own + "For a maker. At most 50,000 legs, those first that are in no order yet: a leg is in one order under its instruction, so " +
			"that nothing is paid twice because it was asked for twice. Which legs are in which order is kept at this node; the numbers are not.",
		MaxBodyBytes: maxMessages,
	}, s.paymentOrder, mediaXML)
	read(s, huma.Operation{
		OperationID: "listPaymentOrders", Path: runsPath + "{id}/payment-orders", Tags: tags,
		Summary: "The payment orders of a run that your bank's people have had written at this node", Description: own,
	}, s.paymentOrders)
	read(s, huma.Operation{
		OperationID: "listSealedAccounts", Path: runsPath + "{id}/sealed-accounts", Tags: tags,
		Summary: "The accounts of the legs that your bank has instructed, as they are sealed",
		Description: own + "For a maker, in order of the legs' ids. Account, sealed text and commitment are the payee's; a payee's account with " +
			"another bank is sealed to that bank, and is named by member and word unless the payee has told you its number and salt.",
	}, s.sealedAccounts)
	read(s, huma.Operation{
		OperationID: "readBankMessages", Method: http.MethodPost, Path: readingPath, Tags: tags,
		Summary: "What your bank's messages (pain.002, camt.054, camt.053) say of legs",
		Description: own + "For a maker. At most 20 MB: one XML message, a ZIP archive of several, or a form with a part accounts and files. " +
			"Nothing is told to the ledger: sign the batches, those of a turn after those of the one before. What nothing can be done with is " +
			"kept as an exception; the messages are not kept.",
		RequestBody: messageBody(), MaxBodyBytes: maxMessages,
	}, func(r *reading, in *bankMessagesInput) (*messageReading, error) { return desk.read(s, r, in) })
	read(s, huma.Operation{
		OperationID: "reconcileRun", Method: http.MethodPost, Path: runsPath + "{id}" + reconciliationPath, Tags: tags,
		Summary: "Compare a run with your bank's statements, to the fen",
		Description: own + "The body is as for reading messages, of statements (camt.053) or notifications (camt.054). Without a body the ledger " +
			"is compared with itself: what was instructed with what banks have advised.",
		RequestBody: statements, MaxBodyBytes: maxMessages,
	}, func(r *reading, in *reconciliationInput) (*reconciliation, error) { return desk.reconcile(s, r, in) })
	statements.Required = false // the library says of every raw body that it is
	read(s, huma.Operation{
		OperationID: "listBankExceptions", Path: "/v1/bank-messages/exceptions", Tags: tags,
		Summary: "What your bank's messages say that nothing was done with", Description: own + "The latest first. They stay at this node.",
	}, s.bankExceptions)
	read(s, huma.Operation{
		OperationID: "answerBankException", Method: http.MethodPost, Path: "/v1/bank-messages/exceptions/{id}/answer", Tags: tags,
		Summary: "Note what was done about an exception", Description: own + "For a maker or a checker. Nothing is told to the ledger.",
	}, s.answerException)
}

// messageBody describes a body of banks' messages.
func messageBody() *huma.RequestBody {
	return &huma.RequestBody{Content: binary(mediaXML, mediaZIP, mediaForm)}
}

// nameOf is a file's name, or that of a message without one.
func nameOf(file string, n int) string { return cmp.Or(file, fmt.Sprintf("message %d", n)) }
