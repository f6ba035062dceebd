package api

import (
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// refusals is what each status of a refusal means. An operation names those of them that
// its own rules have; refused adds those that follow from its form.
//
//nolint:gochecknoglobals // a constant list
var refusals = []struct {
	status int
	name   string // in the description
	text   string
}{
	{http.StatusBadRequest, "BadRequest", "What was sent cannot be read: a digest, a cursor, a body. Sent again it is refused again."},
	{http.StatusUnauthorized, "Unauthenticated", "No login token, or one that is not good; a key that is not in force."},
	{http.StatusForbidden, "NotAuthorised", "It is not for you. Whether it exists is not told."},
	{http.StatusNotFound, "NotFound", "There is no such thing."},
	{http.StatusConflict, "Conflict", "It was done already, otherwise."},
	{http.StatusRequestEntityTooLarge, "TooLarge", "The body is too large."},
	{http.StatusUnsupportedMediaType, "UnsupportedMediaType", "The body is not of a media type that the operation takes."},
	{http.StatusUnprocessableEntity, "Refused", "A parameter or a member of the body is wrong or unknown, see fields; or a rule refused, see rule."},
	{http.StatusTooManyRequests, "RateLimited", "Too many requests, or a quota is used up. Retry-After says when to come again."},
	{http.StatusServiceUnavailable, "Unavailable", "The node is stopping, catching up or full. Send the same again, to any node."},
}

// describeRefusals puts each kind of refusal into the description once, for operations
// to refer to.
func (s *Server) describeRefusals() {
	components := s.api.OpenAPI().Components
	components.Responses = map[string]*huma.Response{}
	for _, r := range refusals {
		response := s.problemResponse(r.text)
		if r.status == http.StatusTooManyRequests || r.status == http.StatusServiceUnavailable {
			response.Headers = map[string]*huma.Param{"Retry-After": {
				Description: "Seconds", Schema: &huma.Schema{Type: huma.TypeString},
			}}
		}
		components.Responses[r.name] = response
	}
	components.Responses["NotModified"] = &huma.Response{Description: "The answer is the one whose ETag If-None-Match named."}
}

// problemResponse is an answer that is a problem document.
func (s *Server) problemResponse(text string) *huma.Response {
	problem := s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	return &huma.Response{Description: text, Content: map[string]*huma.MediaType{"application/problem+json": {Schema: problem}}}
}

// describeAbsent says that a record within a record may be null where its Go field is a
// pointer that is written even when it is nil; the library says so of simple values only.
func (s *Server) describeAbsent() {
	const prefix = "#/components/schemas/"
	registry := s.api.OpenAPI().Components.Schemas
	for name, schema := range registry.Map() {
		t := registry.TypeFromRef(prefix + name)
		if t == nil || t.Kind() != reflect.Struct {
			continue
		}
		for _, field := range reflect.VisibleFields(t) {
			member, options, _ := strings.Cut(field.Tag.Get("json"), ",")
			property := schema.Properties[member]
			if field.Type.Kind() == reflect.Pointer && options == "" && property != nil && property.Ref != "" {
				schema.Properties[member] = &huma.Schema{
					Description: property.Description, AnyOf: []*huma.Schema{{Ref: property.Ref}, {Type: "null"}},
				}
			}
		}
	}
}

// operationsOf lists what a path has.
func operationsOf(path *huma.PathItem) []*huma.Operation {
	return slices.DeleteFunc([]*huma.Operation{path.Get, path.Put, path.Post, path.Delete}, func(op *huma.Operation) bool { return op == nil })
}

// dayLength is the most characters of a parameter that is a day.
const dayLength = 10

// describeDays says of parameters that are days that they are. The library does not look
// at it: whoever reads them refuses others with BAD_DATE.
func describeDays(op *huma.Operation) {
	for _, p := range op.Parameters {
		if p.Schema.Type == huma.TypeString && p.Schema.MaxLength != nil && *p.Schema.MaxLength == dayLength {
			day := *p.Schema
			day.Format = "date"
			p.Schema = &day
		}
	}
}

// refused tells of every operation how it may be refused. It is called when all of them
// are registered and their parameters known.
func (s *Server) refused() {
	for _, path := range s.api.OpenAPI().Paths {
		for _, op := range operationsOf(path) {
			describeDays(op)
			for _, status := range statusesOf(op) {
				refer(op, status)
			}
			if ok := op.Responses["200"]; op.Method == http.MethodGet && ok != nil && ok.Content[mediaJSON] != nil {
				op.Responses["304"] = &huma.Response{Ref: "#/components/responses/NotModified"}
			}
		}
	}
}

// statusesOf are the refusals that follow from an operation's form.
func statusesOf(op *huma.Operation) []int {
	statuses := []int{http.StatusUnprocessableEntity, http.StatusServiceUnavailable}
	if strings.HasPrefix(op.Path, operations) {
		statuses = append(statuses, http.StatusTooManyRequests)
	}
	if len(op.Security) > 0 {
		statuses = append(statuses, http.StatusUnauthorized, http.StatusForbidden)
	}
	if strings.Contains(op.Path, "{") {
		statuses = append(statuses, http.StatusNotFound)
	}
	if len(op.Parameters) > 0 || op.RequestBody != nil {
		statuses = append(statuses, http.StatusBadRequest)
	}
	if op.RequestBody != nil {
		statuses = append(statuses, http.StatusRequestEntityTooLarge)
		if op.RequestBody.Content[mediaJSON] != nil {
			statuses = append(statuses, http.StatusUnsupportedMediaType)
		}
	}
	return statuses
}

// refer lets an operation refer to a kind of refusal, unless it says more of it itself.
func refer(op *huma.Operation, status int) {
	key := strconv.Itoa(status)
	if op.Responses[key] != nil {
		return
	}
	for _, r := range refusals {
		if r.status == status {
			op.Responses[key] = &huma.Response{Ref: "#/components/responses/" + r.name}
		}
	}
}
