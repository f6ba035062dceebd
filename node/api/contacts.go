package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tierledger/tierledger/ledger/view"
	"github.com/tierledger/tierledger/node/notify"
)

// contactView is a person's contact with what the node can do with it.
type contactView struct {
	notify.Contact
	Channels []string `json:"channels" doc:"On which this node can send: email, sms, wecom"`
}

func (s *Server) contact(r *reading, _ *struct{}) (*contactView, error) {
	c, err := s.Notices.Contact(&r.Viewer)
	return &contactView{c, s.Notices.Channels()}, err
}

type contactInput struct {
	Body notify.Contact
}

func (s *Server) setContact(r *reading, in *contactInput) (*contactView, error) {
	c, err := s.Notices.SetContact(&r.Viewer, in.Body)
	return &contactView{c, s.Notices.Channels()}, err
}

type messagesInput struct {
	State string `query:"state" enum:"waiting,delivered,dead" doc:"Left out for all"`
	Cut
}

func (s *Server) messages(r *reading, in *messagesInput) (view.Page[notify.PersonMessage], error) {
	before, err := in.before()
	if err != nil {
		return view.Page[notify.PersonMessage]{}, err
	}
	return s.Notices.Messages(&r.Viewer, notify.State(in.State), before, in.Limit)
}

type messageNumber struct {
	Number uint64 `path:"number" minimum:"1"`
}

func (s *Server) retryMessage(r *reading, in *messageNumber) (*notify.PersonMessage, error) {
	m, err := s.Notices.RetryMessage(&r.Viewer, in.Number)
	return &m, err
}

func (s *Server) contactRoutes() {
	if s.Notices == nil {
		return
	}
	tags := []string{"contacts"}
	const own = "The viewer's own, for this node alone; it is no part of consensus."
	read(s, huma.Operation{OperationID: "getContact", Path: "/v1/contacts", Tags: tags, Summary: "How the viewer is told of events", Description: own}, s.contact)
	read(s, huma.Operation{
		OperationID: "setContact", Method: http.MethodPut, Path: "/v1/contacts", Tags: tags, Summary: "Say how to be told of events",
		Description: own + " What happens from the first time on is told. Without any address the contact is removed.",
	}, s.setContact)
	read(s, huma.Operation{
		OperationID: "listMessages", Path: "/v1/messages", Tags: tags, Summary: "Messages to the viewer, the latest first",
		Description: own + " The latest 1,000 are kept.",
	}, s.messages)
	read(s, huma.Operation{
		OperationID: "retryMessage", Method: http.MethodPost, Path: "/v1/messages/{number}/retry", Tags: tags, Summary: "Send a dead message again", Description: own,
		Errors: []int{http.StatusConflict},
	}, s.retryMessage)
}
