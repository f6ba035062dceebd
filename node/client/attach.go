package client

import (
	"context"
	"crypto/sha256"
	"fmt"
	"iter"
	"mime"
	"net/http"
	"net/url"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/record"
)

// Attachment is a file at a node: the member's own, or of a record.
type Attachment struct {
	Digest record.Digest    `json:"digest"`
	Size   int64            `json:"size"` // bytes
	Media  string           `json:"media"`
	Name   string           `json:"name"`
	Member string           `json:"member"` // who uploaded or linked it
	Person string           `json:"person"`
	At     calendar.Instant `json:"at"`
	Kind   string           `json:"kind,omitempty"` // of the record
	ID     string           `json:"id,omitempty"`
}

func attachmentURI(d record.Digest) string { return "/v1/attachments/" + d.String() }

// PutAttachment keeps a file at the node; its name may be empty.
func (c *Client) PutAttachment(ctx context.Context, text []byte, media, name string) (*Attachment, error) {
	uri := attachmentURI(sha256.Sum256(text))
	if name != "" {
		uri += "?name=" + url.QueryEscape(name)
	}
	v := new(Attachment)
	if err := c.do(ctx, call{method: http.MethodPut, uri: uri, body: text, media: media, login: true}, v); err != nil {
		return nil, fmt.Errorf("attach %s: %w", name, err)
	}
	return v, nil
}

// PutAttachments keeps all files of a ZIP archive at the node, or none.
func (c *Client) PutAttachments(ctx context.Context, archive []byte) ([]Attachment, error) {
	var v struct {
		Items []Attachment `json:"items"`
	}
	k := call{method: http.MethodPost, uri: "/v1/attachments/bulk", body: archive, media: "application/zip", login: true}
	if err := c.do(ctx, k, &v); err != nil {
		return nil, fmt.Errorf("attach the files of an archive: %w", err)
	}
	return v.Items, nil
}

// LinkAttachment lets a file of the signer's member belong to a record; an empty name
// keeps the file's own.
func (c *Client) LinkAttachment(ctx context.Context, d record.Digest, kind, id, name string) (*Attachment, error) {
	return ask[Attachment](ctx, c, attachmentURI(d)+"/links", struct {
		Kind string `json:"kind"`
		ID   string `json:"id"`
		Name string `json:"name,omitempty"`
	}{kind, id, name})
}

// Attachments lists the files of a record, or the signer's member's own when kind and
// id are empty.
func (c *Client) Attachments(ctx context.Context, kind, id string) iter.Seq2[Attachment, error] {
	return list[Attachment](ctx, c, "/v1/attachments", url.Values{"kind": {kind}, "id": {id}})
}

// ReadAttachment reads a file and the name under which it is kept. Bytes that do not
// have the digest are an error.
func (c *Client) ReadAttachment(ctx context.Context, d record.Digest) (text []byte, name string, err error) {
	var got document
	if err := c.do(ctx, call{method: http.MethodGet, uri: attachmentURI(d), login: true, accept: "*/*"}, &got); err != nil {
		return nil, "", fmt.Errorf("read attachment %s: %w", d, err)
	}
	if sum := record.Digest(sha256.Sum256(got.text)); sum != d {
		return nil, "", fmt.Errorf("read attachment %s: the node gave %s", d, sum)
	}
	_, parameters, err := mime.ParseMediaType(got.header.Get("Content-Disposition"))
	if err != nil {
		return got.text, "", nil
	}
	return got.text, parameters["filename"], nil
}
