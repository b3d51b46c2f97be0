// Command policy-judge reads worlds as JSON values from standard input: namespaces, pods, network
// policies and connections. For each world it prints a JSON array with a line of its own: whether
// kube-network-policies lets each connection through, in the order of the connections.
package main

import (
	"fmt"
	"os"

	"sigs.k8s.io/kube-network-policies/pkg/networkpolicy"
)

func main() {
	if err := networkpolicy.Judge(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "policy-judge:", err)
		os.Exit(1)
	}
}
