package api

import (
	"fmt"
	"net/url"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/report"
	"github.com/tierledger/tierledger/node/access"
	"github.com/tierledger/tierledger/node/paper"
)

// Media types of documents.
const (
	mediaPDF  = "application/pdf"
	mediaXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// file is an answer that a person keeps.
type file struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition" doc:"Always attachment, with the name under which to keep it"`
	Body        []byte
}

func newFile(media, name string, body []byte) *file {
	return &file{ContentType: media, Disposition: `attachment; filename="` + name + `"`, Body: body}
}

// readFile registers an operation that needs a login and answers with a file of one of
// the media types.
func readFile[I any](s *Server, op huma.Operation, answer func(*reading, *I) (*file, error), media ...string) {
	op.Responses = map[string]*huma.Response{"200": {Description: "The file", Content: binary(media...)}}
	known(s, op, answer)
}

// copyOf is what a paper of a certificate, or of one of its holdings, is printed from.
func (s *Server) copyOf(r *reading, c *record.Certificate, holding uint32) (*paper.Copy, error) {
	latest, err := access.LatestChange(r.Moment, c.Number, holding)
	if err != nil {
		return nil, err
	}
	query := url.Values{"c": {c.Number}, "t": {latest.Mark.String()}}
	if holding != 0 {
		query.Set("h", strconv.FormatUint(uint64(holding), 10))
	}
	return &paper.Copy{
		Network: s.Network, Height: r.head.Height, At: r.Now, Certificate: c, TxID: latest.TxID,
		Link: s.publicURL() + "/#/verify?" + query.Encode(),
		Names: func(id string) string {
			m, err := record.Find(r.State, record.MemberKey(id))
			if err != nil || m == nil {
				return ""
			}
			return m.Name
		},
	}, nil
}

// publicURL is the origin with which links begin.
func (s *Server) publicURL() string {
	if s.PublicURL == "" {
		return "http://127.0.0.1"
	}
	return s.PublicURL
}

func (s *Server) certificatePaper(r *reading, in *numberInput) (*file, error) {
	c, holdings, err := r.Certificate(in.Number)
	if err != nil {
		return nil, err
	}
	from, err := s.copyOf(r, c, 0)
	if err != nil {
		return nil, err
	}
	made, err := paper.PrintCertificate(from, holdings)
	return newFile(mediaPDF, c.Number+".pdf", made), err
}

type holdingPaperInput struct {
	NumberPath
	ID uint32 `path:"id" minimum:"1" doc:"Id of the holding"`
}

func (s *Server) holdingPaper(r *reading, in *holdingPaperInput) (*file, error) {
	c, h, err := r.HoldingPaper(in.Number, in.ID)
	if err != nil {
		return nil, err
	}
	from, err := s.copyOf(r, c, h.ID)
	if err != nil {
		return nil, err
	}
	made, err := paper.PrintHolding(from, h)
	return newFile(mediaPDF, fmt.Sprintf("%s-%d.pdf", c.Number, h.ID), made), err
}

type verificationInput struct {
	Mark        string `path:"mark" maxLength:"64" doc:"The t of the paper's link"`
	Certificate string `query:"certificate" maxLength:"64" required:"true" doc:"The c of the paper's link"`
	Holding     uint32 `query:"holding" doc:"The h of the paper's link; 0 or nothing for the certificate itself"`
}

// paperRecord is what the ledger says of a paper.
type paperRecord struct {
	Network     string                  `json:"network"`
	AsOf        report.AsOf             `json:"asOf"`
	Certificate string                  `json:"certificate"`
	Holding     uint32                  `json:"holding" doc:"0: the certificate itself"`
	Debtor      string                  `json:"debtor"`
	DebtorName  string                  `json:"debtorName"`
	Holder      string                  `json:"holder" doc:"Of the holding; of a certificate: the first holder"`
	HolderName  string                  `json:"holderName"`
	Interval    interval.Interval       `json:"interval"`
	Amount      money.Fen               `json:"amount"`
	Redeemed    money.Fen               `json:"redeemed" doc:"Of it: paid"`
	Issued      calendar.Date           `json:"issued"`
	Payment     calendar.Date           `json:"payment"`
	State       record.CertificateState `json:"state" doc:"Of the certificate"`
	Locks       []record.LockKind       `json:"locks" doc:"Claims that rest on the holding"`
	Recorded    calendar.Instant        `json:"recorded" doc:"When the transaction was recorded"`
	Current     bool                    `json:"current" doc:"Nothing that anybody signed has changed it since; false: ask the holder for a new paper"`
}

func (s *Server) verify(r *reading, in *verificationInput) (*paperRecord, error) {
	mark, err := record.ParseDigest(in.Mark)
	if err != nil {
		return nil, code.NotFound.New("")
	}
	leave, err := s.verified.enter(r.facts.remote)
	if err != nil {
		return nil, err
	}
	defer leave()
	p, err := access.Verify(r.Moment, mark, in.Certificate, in.Holding)
	if err != nil {
		return nil, err
	}
	if p.Locks == nil {
		p.Locks = []record.LockKind{}
	}
	return &paperRecord{
		Network: s.Network, AsOf: r.asOf(), Certificate: p.Certificate, Holding: p.Holding, Debtor: p.Debtor, DebtorName: p.DebtorName,
		Holder: p.Holder, HolderName: p.HolderName, Interval: p.Interval, Amount: p.Amount, Redeemed: p.Redeemed, Issued: p.Issued,
		Payment: p.Payment, State: p.State, Locks: p.Locks, Recorded: p.Recorded, Current: p.Current,
	}, nil
}

func (s *Server) paperRoutes() {
	tags := []string{"documents"}
	readFile(s, huma.Operation{
		OperationID: "printCertificate", Path: "/v1/certificates/{number}/paper", Tags: tags,
		Summary: "A certificate as PDF",
		Description: "For those who may see the certificate, once its first holder has accepted it. Its QR code leads to the page that verifies it; whoever has the paper can. The " +
			"same bytes at the same height on every node that has the same public address.",
	}, s.certificatePaper, mediaPDF)
	readFile(s, huma.Operation{
		OperationID: "printHolding", Path: "/v1/certificates/{number}/holdings/{id}/paper", Tags: tags,
		Summary:     "One holding of a certificate as PDF",
		Description: "For its owner, the debtor and whoever a lock on it names, as proof for others: a tax adviser, an auditor.",
	}, s.holdingPaper, mediaPDF)
	open(s, huma.Operation{
		OperationID: "verifyPaper", Path: "/v1/verifications/{mark}", Tags: tags,
		Summary: "What the ledger says of a paper that somebody has",
		Description: "The mark that the paper's QR code carries is the permission: nobody can guess it, and it is good for this certificate or " +
			"holding alone. It says what the transaction that the paper shows recorded of it, and whether that is still so. Anything that " +
			"does not fit together is NOT_FOUND.",
	}, false, s.verify)
}
