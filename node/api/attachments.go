package api

import (
	"context"
	"mime"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/view"
	"github.com/tierledger/tierledger/node/attach"
)

// received is what came with an upload.
func (f *facts) received() (*attach.Part, error) {
	if f.part == nil {
		return nil, code.BadRequest.New("the body is empty")
	}
	return f.part, nil
}

func (r *reading) uploader() attach.By {
	return attach.By{Member: r.Member.ID, Person: r.Credential.Person, At: r.Now}
}

type uploadInput struct {
	Digest string `path:"sha256" maxLength:"64" doc:"SHA-256 of the file, 64 lower-case hexadecimal digits"`
	Name   string `query:"name" maxLength:"600" doc:"Of the file, percent-encoded; at most 200 bytes" example:"contract.pdf"`
	Media  string `header:"Content-Type" maxLength:"128" doc:"Media type of the file" example:"application/pdf"`
}

func (s *Server) upload(r *reading, in *uploadInput) (*attach.Owned, error) {
	part, err := r.facts.received()
	if err != nil {
		return nil, err
	}
	want, err := digest(in.Digest)
	if err != nil {
		return nil, err
	}
	if err := attach.CheckName(in.Name); err != nil {
		return nil, err
	}
	owned, err := s.Attachments.Put(part, want, in.Media, in.Name, r.uploader())
	return &owned, err
}

type bulkInput struct{}

type bulkView struct {
	Items []attach.Owned `json:"items" doc:"In the archive's order"`
}

func (s *Server) uploadAll(r *reading, _ *bulkInput) (*bulkView, error) {
	part, err := r.facts.received()
	if err != nil {
		return nil, err
	}
	list, err := s.Attachments.PutArchive(part, r.uploader())
	return &bulkView{list}, err
}

// seesRecord decides by node/access whether the viewer sees the record of an
// attachment, or is refused as for the record itself.
func (r *reading) seesRecord(kind attach.Kind, id string) error {
	var err error
	switch kind {
	case attach.Contract:
		_, err = r.Contract(id)
	case attach.Delivery:
		_, err = r.Delivery(id)
	case attach.Certificate:
		_, _, err = r.Certificate(id)
	case attach.Invoice:
		var fingerprint record.Digest
		if fingerprint, err = digest(id); err == nil {
			_, err = r.Invoice(fingerprint)
		}
	case attach.BatchRow:
		proposal, row, _ := strings.Cut(id, ".")
		if row == "" || len(row) > 4 || strings.Trim(row, "0123456789") != "" || row[0] == '0' {
			return code.BadRequest.New("a row of a batch is named by the proposal, a dot and the number of the row")
		}
		_, err = r.Proposal(proposal)
	default:
		err = code.BadRequest.New("there is no kind %.20q", kind)
	}
	return err
}

type linkInput struct {
	Digest string `path:"sha256" maxLength:"64"`
	Body   struct {
		Kind attach.Kind `json:"kind" enum:"contract,delivery,invoice,certificate,batch-row"`
		ID   string      `json:"id" minLength:"1" maxLength:"128" doc:"Of the record; an invoice's fingerprint; of a row of a batch: the proposal, a dot, the number of the row from 1"`
		Name string      `json:"name,omitempty" maxLength:"200" doc:"The file's own when left out"`
	}
}

func (s *Server) link(r *reading, in *linkInput) (*attach.Link, error) {
	d, err := digest(in.Digest)
	if err != nil {
		return nil, err
	}
	if err := attach.CheckName(in.Body.Name); err != nil {
		return nil, err
	}
	owned, err := s.Attachments.OwnedBy(r.Member.ID, d)
	if err == nil && owned == nil {
		err = code.NotAuthorised.New("") // another member's, or none
	}
	if err != nil {
		return nil, err
	}
	if err := r.seesRecord(in.Body.Kind, in.Body.ID); err != nil {
		return nil, err
	}
	l, err := s.Attachments.Link(d, in.Body.Kind, in.Body.ID, in.Body.Name, r.uploader())
	return &l, err
}

type attachmentsInput struct {
	Kind string `query:"kind" enum:"contract,delivery,invoice,certificate,batch-row" doc:"With id: the files of this record; your own files when both are left out"`
	ID   string `query:"id" maxLength:"128"`
	Cut
}

// attachmentRow is a file, of a record or of your own.
type attachmentRow struct {
	attach.Owned
	Kind attach.Kind `json:"kind,omitempty" doc:"Of the record to which it belongs"`
	ID   string      `json:"id,omitempty"`
}

func (s *Server) attachments(r *reading, in *attachmentsInput) (view.Page[attachmentRow], error) {
	page := view.Page[attachmentRow]{Items: []attachmentRow{}}
	if in.Kind == "" && in.ID == "" {
		return page, s.ownAttachments(r, in, &page)
	}
	kind := attach.Kind(in.Kind)
	if err := r.seesRecord(kind, in.ID); err != nil {
		return page, err
	}
	links, err := s.Attachments.Of(kind, in.ID) // a record has few
	for _, l := range links {
		owned := attach.Owned{File: l.File, Name: l.Name, Member: l.Member, Person: l.Person, At: l.At}
		page.Items = append(page.Items, attachmentRow{owned, l.Kind, l.ID})
	}
	return page, err
}

func (s *Server) ownAttachments(r *reading, in *attachmentsInput, page *view.Page[attachmentRow]) error {
	var after record.Digest
	if in.Cursor != "" {
		var err error
		if after, err = record.ParseDigest(in.Cursor); err != nil {
			return code.BadCursor.New("")
		}
	}
	list, more, err := s.Attachments.Page(r.Member.ID, after, in.Limit)
	for _, o := range list {
		page.Items = append(page.Items, attachmentRow{Owned: o})
	}
	if more {
		page.Next = list[len(list)-1].Digest.String()
	}
	return err
}

type attachmentInput struct {
	Digest string `path:"sha256" maxLength:"64"`
}

// readable finds a file that the viewer may read, with a name for it: its member's
// own, or one of a record that the viewer sees. Everything else is refused alike.
func (s *Server) readable(r *reading, in *attachmentInput) (*attach.File, string, error) {
	d, err := digest(in.Digest)
	if err != nil {
		return nil, "", err
	}
	owned, err := s.Attachments.OwnedBy(r.Member.ID, d)
	if err != nil {
		return nil, "", err
	}
	if owned != nil {
		return &owned.File, owned.Name, nil
	}
	links, err := s.Attachments.Links(d)
	if err != nil {
		return nil, "", err
	}
	for _, l := range links {
		err := r.seesRecord(l.Kind, l.ID)
		if err == nil {
			return &l.File, l.Name, nil
		}
		if code.Of(err) == nil {
			return nil, "", err
		}
	}
	return nil, "", code.NotAuthorised.New("")
}

// fileOutput is a file as it was uploaded.
type fileOutput struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition" doc:"Always attachment: a browser saves it and shows nothing"`
	Body        []byte
}

func (s *Server) download(ctx context.Context, in *attachmentInput) (*fileOutput, error) {
	r, release, err := s.open(ctx)
	if err != nil {
		return nil, s.problem(ctx, err)
	}
	defer release()
	if r.Viewer, err = s.login(r.Moment, r.facts); err != nil {
		return nil, s.problem(ctx, err)
	}
	file, name, err := s.readable(r, in)
	if err != nil {
		return nil, s.problem(ctx, err)
	}
	text, err := s.Attachments.Read(file)
	if err != nil {
		return nil, s.problem(ctx, err)
	}
	if name == "" {
		name = file.Digest.String()
	}
	return &fileOutput{file.Media, mime.FormatMediaType("attachment", map[string]string{"filename": name}), text}, nil
}

// binary describes a body that is no JSON, by its media types.
func binary(media ...string) map[string]*huma.MediaType {
	content := map[string]*huma.MediaType{}
	for _, m := range media {
		content[m] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	return content
}

func (s *Server) attachmentRoutes() {
	if s.Attachments == nil {
		return
	}
	tags := []string{"attachments"}
	read(s, huma.Operation{
		OperationID: "putAttachment", Method: http.MethodPut, Path: uploadPath + "{sha256}", Tags: tags,
		Summary: "Keep a file at this node",
		Description: "The body is the file, at most 10 MB; its digest must be that of the path, which a record of the ledger may commit to. " +
			"Files stay at this node. They count against your member's space and are not removed.",
		RequestBody: &huma.RequestBody{Required: true, Content: binary(attach.Media()...)},
	}, s.upload)
	read(s, huma.Operation{
		OperationID: "putAttachments", Method: http.MethodPost, Path: bulkPath, Tags: tags,
		Summary: "Keep all files of a ZIP archive at this node",
		Description: "At most 50 MB, 1,000 files, 10 MB a file and 200 MB unpacked. All files are kept or none. " +
			"Types are taken from the endings of the names.",
		RequestBody: &huma.RequestBody{Required: true, Content: binary("application/zip")},
	}, s.uploadAll)
	read(s, huma.Operation{
		OperationID: "linkAttachment", Method: http.MethodPost, Path: uploadPath + "{sha256}/links", Tags: tags,
		Summary: "Let a file belong to a record", Description: "Your member's file, to a record that you see. Whoever sees the record reads the file.",
	}, s.link)
	read(s, huma.Operation{
		OperationID: "listAttachments", Path: "/v1/attachments", Tags: tags, Errors: []int{http.StatusNotFound},
		Summary: "The files of a record, or your member's own", Description: "A record's files are for whoever sees the record.",
	}, s.attachments)
	huma.Register(s.api, documented(s, huma.Operation{
		OperationID: "getAttachment", Path: uploadPath + "{sha256}", Tags: tags, Security: []map[string][]string{{"login": {}}},
		Summary: "A file", Description: "For the member whose file it is, and for whoever sees a record to which it belongs.",
		Responses: map[string]*huma.Response{"200": {Description: "The file", Content: binary(attach.Media()...)}},
	}), s.download)
}
