// Argo CD's controllers in one program, each started by its name as the first argument. Its own main package carries
// the web server and the command line besides, which the cluster has no use for.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	application "github.com/argoproj/argo-cd/v3/cmd/argocd-application-controller/commands"
	applicationset "github.com/argoproj/argo-cd/v3/cmd/argocd-applicationset-controller/commands"
	repository "github.com/argoproj/argo-cd/v3/cmd/argocd-repo-server/commands"
)

func main() {
	roles := map[string]func() *cobra.Command{
		"application-controller":    application.NewCommand,
		"applicationset-controller": applicationset.NewCommand,
		"repo-server":               repository.NewCommand,
	}
	if len(os.Args) < 2 || roles[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: argo-cd application-controller|applicationset-controller|repo-server [flag ...]")
		os.Exit(2)
	}
	command := roles[os.Args[1]]()
	command.SetArgs(os.Args[2:])
	if err := command.Execute(); err != nil {
		os.Exit(1)
	}
}
