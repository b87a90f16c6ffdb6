{{/* What a schema can't say: refused with the way out. */}}
{{- define "mooncake4j.checks" -}}
{{- $v := .Values -}}
{{- if eq $v.journal "etcd" -}}
{{- if and (not $v.etcd.endpoints) (not $v.etcd.embedded.enabled) -}}
{{- fail "no etcd is named: set etcd.endpoints to the client URLs of one for the store alone, or for trying etcd.embedded.enabled=true, or journal=memory with master.replicas=1" -}}
{{- end -}}
{{- if and $v.etcd.endpoints $v.etcd.embedded.enabled -}}
{{- fail "etcd.endpoints and etcd.embedded.enabled are both set: choose one" -}}
{{- end -}}
{{- else if gt (int $v.master.replicas) 1 -}}
{{- fail (printf "journal=memory works with one master only, and master.replicas is %d: set it to 1, or journal=etcd" (int $v.master.replicas)) -}}
{{- end -}}
{{- if and $v.etcd.auth.user (not $v.etcd.auth.existingSecret) -}}
{{- fail "etcd.auth.user is set, but not where its password is: set etcd.auth.existingSecret" -}}
{{- end -}}
{{- if and (eq $v.node.onStop "suspend") (eq $v.node.memory.volume "emptyDir") -}}
{{- fail "node.onStop=suspend keeps nothing with node.memory.volume=emptyDir, whose memory ends with the pod: leave it empty, or set the volume to hostPath" -}}
{{- end -}}
{{- if and $v.node.memory.hugePages (eq $v.node.memory.volume "hostPath") (hasPrefix "/dev/shm" $v.node.memory.hostPath) -}}
{{- fail "node.memory.hugePages is set, but node.memory.hostPath is in /dev/shm, which has no huge pages: set it to where the hosts have a hugetlbfs, such as /dev/hugepages" -}}
{{- end -}}
{{- if and (not $v.node.memory.hugePages) (eq $v.node.memory.volume "hostPath") (not (hasPrefix "/dev/shm" $v.node.memory.hostPath)) -}}
{{- fail (printf "node.memory.hostPath is %s: a segment has to be in memory, so that is /dev/shm, or a hugetlbfs with node.memory.hugePages=2Mi or 1Gi" $v.node.memory.hostPath) -}}
{{- end -}}
{{- if and $v.erdma.enabled (not $v.erdma.hostNetwork) -}}
{{- fail "erdma.hostNetwork=false: rdma_cm finds no device in a pod's own network; leave it true" -}}
{{- end -}}
{{- $hostNetwork := or $v.node.hostNetwork (and $v.erdma.enabled $v.erdma.hostNetwork) -}}
{{- if and $v.networkPolicy.enabled $hostNetwork (not $v.networkPolicy.hostCIDRs) -}}
{{- fail "networkPolicy.enabled, and nodes are in the hosts' network: masters would refuse them; set networkPolicy.hostCIDRs to the addresses of the hosts" -}}
{{- end -}}
{{- if and $hostNetwork (eq (int $v.node.dataPort) (int $v.node.adminPort)) -}}
{{- fail "node.dataPort and node.adminPort are the same" -}}
{{- end -}}
{{- end -}}
