package api

import (
	_ "embed" // for the examples
	"errors"
	"fmt"
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/go-json-experiment/json"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/tierledger/tierledger/chaincode/code"
)

const about = "A node of the ledger of digital debt certificates. Amounts are decimal strings of yuan with two places, times RFC 3339 " +
	"at +08:00, digests lower-case hexadecimal.\n\nTransactions are signed JWS and need no login. Other reads carry " +
	"`Authorization: Bearer <login token>`: a JWS of typ scf-login+jws over {network, node, method, path, body_sha256, iat, exp, jti}, " +
	"signed with a registered key for this one request, living at most 120 seconds.\n\nLists come in pages: repeat with `cursor` set to " +
	"`next` until there is none. Refusals are problem documents (RFC 9457) with a stable `code`."

// routes builds the mux and the OpenAPI document, which is rendered once.
func (s *Server) routes() error {
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info:    &huma.Info{Title: "Tierledger node", Version: s.Version, Description: about},
			Components: &huma.Components{
				Schemas: newRegistry("#/components/schemas/"),
				SecuritySchemes: map[string]*huma.SecurityScheme{"login": {
					Type: "http", Scheme: "bearer", BearerFormat: "JWS", Description: "Login token, typ scf-login+jws, for this one request",
				}},
			},
		},
		Formats:                      map[string]huma.Format{"application/json": format(), "json": format()},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{s.translate},
	}
	s.api = humago.New(s.mux, config)
	s.api.UseMiddleware(s.admitOpen)
	if err := s.statusRoutes(); err != nil {
		return err
	}
	s.transactionRoutes()
	s.certificateRoutes()
	s.registryRoutes()
	s.viewerRoutes()
	s.listRoutes()
	s.attestationRoutes()
	s.searchRoutes()
	s.totalsRoutes()
	s.ruleRoutes()
	s.financingRoutes()
	s.clearingRoutes()
	s.bankMessageRoutes()
	s.policyRoutes()
	s.eventRoutes()
	s.webhookRoutes()
	s.contactRoutes()
	s.reportRoutes()
	s.fingerprintRoutes()
	s.checkpointRoutes()
	s.invitationRoutes()
	s.enrolmentRoutes()
	s.recoveryRoutes()
	s.attachmentRoutes()
	s.paperRoutes()
	s.statementRoutes()
	s.sheetRoutes()
	s.describeAbsent()
	s.describeRefusals()
	s.refused()
	if err := s.illustrate(); err != nil {
		return err
	}
	s.mux.Handle("GET /metrics", promhttp.HandlerFor(s.Metrics, promhttp.HandlerOpts{}))
	s.serveOpenAPI()
	return s.serveConsole()
}

// examples holds an answer to each operation, by operation id: taken from a real
// run, see the test that compares them with another one.
//
//go:embed examples.json
var examples []byte

// illustrate puts the examples into the description, and takes out the schemas of
// the library's own problems, which are never sent.
func (s *Server) illustrate() error {
	var answers map[string]any
	if err := json.Unmarshal(examples, &answers); err != nil {
		return fmt.Errorf("read the examples: %w", err)
	}
	for _, path := range s.api.OpenAPI().Paths {
		for _, op := range operationsOf(path) {
			for status, response := range op.Responses {
				if media := response.Content["application/json"]; media != nil && status == "200" {
					media.Example = answers[op.OperationID]
				}
			}
		}
	}
	schemas := s.api.OpenAPI().Components.Schemas.Map()
	delete(schemas, "ErrorModel")
	delete(schemas, "ErrorDetail")
	return nil
}

// serveConsole serves the console's files, and refuses what nobody serves.
func (s *Server) serveConsole() error {
	var all http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, r, code.NotFound.New("no such path, or not with %s", r.Method))
	})
	if s.Console != nil {
		var err error
		if all, err = s.Console(all); err != nil {
			return err
		}
	}
	s.mux.Handle("/", all)
	return nil
}

// serveOpenAPI serves the description as JSON and YAML, which are made when somebody asks
// for them first.
func (s *Server) serveOpenAPI() {
	serve := func(path, kind string, render func() ([]byte, error)) {
		made := sync.OnceValues(render)
		s.mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			text, err := made()
			if err != nil {
				s.refuse(w, r, err)
				return
			}
			w.Header().Set("Content-Type", kind)
			_, _ = w.Write(text) // the client may be gone
		})
	}
	serve("/openapi.json", "application/openapi+json", s.OpenAPI)
	serve("/openapi.yaml", "application/openapi+yaml", s.api.OpenAPI().YAML)
}

// OpenAPI renders the description of the API, OpenAPI 3.1 in JSON.
func (s *Server) OpenAPI() ([]byte, error) {
	text, err := s.api.OpenAPI().MarshalJSON()
	if err != nil {
		return nil, errors.Join(errors.New("render the API description"), err)
	}
	return text, nil
}
