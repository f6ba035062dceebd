package api

import (
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/view"
	"github.com/tierledger/tierledger/node/notify"
)

type webhookInput struct {
	Body struct {
		URL   string   `json:"url" maxLength:"2048" doc:"https, at a public address"`
		Kinds []string `json:"kinds" required:"false" nullable:"false" maxItems:"100" doc:"Kinds of events; left out for all"`
	}
}

// madeWebhook is a webhook with its secret, which is shown this once.
type madeWebhook struct {
	notify.Webhook
	Secret string `json:"secret" doc:"Signs the deliveries; it is not shown again"`
}

func (s *Server) addWebhook(r *reading, in *webhookInput) (*madeWebhook, error) {
	kinds := make([]record.NoticeKind, len(in.Body.Kinds))
	for i, name := range in.Body.Kinds {
		if err := kinds[i].UnmarshalText([]byte(name)); err != nil {
			return nil, code.BadArgument.New("%.40q is no kind of event", name)
		}
	}
	w, secret, err := s.Notices.AddWebhook(&r.Viewer, in.Body.URL, kinds)
	return &madeWebhook{w, secret}, err
}

type webhooksView struct {
	Items []notify.Webhook `json:"items"`
}

func (s *Server) webhooks(r *reading, _ *struct{}) (*webhooksView, error) {
	list, err := s.Notices.Webhooks(&r.Viewer)
	return &webhooksView{list}, err
}

type webhookID struct {
	ID string `path:"id" maxLength:"64"`
}

func (s *Server) webhook(r *reading, in *webhookID) (*notify.Webhook, error) {
	w, err := s.Notices.Webhook(&r.Viewer, in.ID)
	return &w, err
}

func (s *Server) confirmWebhook(r *reading, in *webhookID) (*notify.Webhook, error) {
	w, err := s.Notices.ConfirmWebhook(&r.Viewer, in.ID)
	return &w, err
}

// removed says that what was named is not there any more.
type removed struct {
	Removed string `json:"removed"`
}

func (s *Server) deleteWebhook(r *reading, in *webhookID) (*removed, error) {
	return &removed{in.ID}, s.Notices.DeleteWebhook(&r.Viewer, in.ID)
}

type webhookDeliveriesInput struct {
	ID    string `path:"id" maxLength:"64"`
	State string `query:"state" enum:"waiting,delivered,dead" doc:"Left out for all"`
	Cut
}

// before reads the cursor of a list that goes by numbers from the latest one down.
func (c *Cut) before() (uint64, error) {
	if c.Cursor == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(c.Cursor, 10, 64)
	if err != nil || n == 0 {
		return 0, code.BadCursor.New("")
	}
	return n, nil
}

func (s *Server) webhookDeliveries(r *reading, in *webhookDeliveriesInput) (view.Page[notify.HookDelivery], error) {
	before, err := in.before()
	if err != nil {
		return view.Page[notify.HookDelivery]{}, err
	}
	return s.Notices.Deliveries(&r.Viewer, in.ID, notify.State(in.State), before, in.Limit)
}

type deliveryID struct {
	ID     string `path:"id" maxLength:"64"`
	Number uint64 `path:"number" minimum:"1"`
}

func (s *Server) retryDelivery(r *reading, in *deliveryID) (*notify.HookDelivery, error) {
	n, err := s.Notices.RetryDelivery(&r.Viewer, in.ID, in.Number)
	return &n, err
}

func (s *Server) testWebhook(r *reading, in *webhookID) (*notify.Trial, error) {
	t, err := s.Notices.TestWebhook(&r.Viewer, in.ID)
	return &t, err
}

func (s *Server) webhookRoutes() {
	if s.Notices == nil {
		return
	}
	tags := []string{"webhooks"}
	const own = "For people of the viewer's member. It stays at this node and is no part of consensus."
	read(s, huma.Operation{
		OperationID: "addWebhook", Method: http.MethodPost, Path: "/v1/webhooks", Tags: tags, Summary: "Have events posted to an address",
		Description: own + " A maker or admin registers, and keeps the secret, which is shown this once; nothing is posted before another person confirms.",
	}, s.addWebhook)
	read(s, huma.Operation{OperationID: "listWebhooks", Path: "/v1/webhooks", Tags: tags, Summary: "The member's webhooks", Description: own}, s.webhooks)
	read(s, huma.Operation{OperationID: "getWebhook", Path: "/v1/webhooks/{id}", Tags: tags, Summary: "A webhook", Description: own}, s.webhook)
	read(s, huma.Operation{
		OperationID: "confirmWebhook", Method: http.MethodPost, Path: "/v1/webhooks/{id}/confirmation", Tags: tags, Summary: "Put a webhook in force",
		Description: own + " A maker, checker or admin other than who registered it. What happens from now on is posted.",
	}, s.confirmWebhook)
	read(s, huma.Operation{
		OperationID: "deleteWebhook", Method: http.MethodDelete, Path: "/v1/webhooks/{id}", Tags: tags, Summary: "Remove a webhook with its deliveries",
		Description: own,
	}, s.deleteWebhook)
	read(s, huma.Operation{
		OperationID: "testWebhook", Method: http.MethodPost, Path: "/v1/webhooks/{id}/test", Tags: tags, Summary: "Post a test now",
		Description: own + " Its envelope has test true. When it arrives, what waits is tried at once.",
	}, s.testWebhook)
	read(s, huma.Operation{
		OperationID: "listWebhookDeliveries", Path: "/v1/webhooks/{id}/deliveries", Tags: tags, Summary: "Deliveries of a webhook, the latest first",
		Description: own + " The latest 1,000 are kept.",
	}, s.webhookDeliveries)
	read(s, huma.Operation{
		OperationID: "retryWebhookDelivery", Method: http.MethodPost, Path: "/v1/webhooks/{id}/deliveries/{number}/retry", Tags: tags,
		Summary: "Try a dead delivery again", Description: own + " It goes before all later ones.", Errors: []int{http.StatusConflict},
	}, s.retryDelivery)
}
