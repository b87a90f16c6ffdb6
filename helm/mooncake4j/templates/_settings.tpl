{{/* The files of settings, as in deploy/CONFIGURATION.md. */}}

{{- define "mooncake4j.masterSettings" -}}
{{- $v := .Values -}}
{{- $master := dict "rpc-port" (int $v.master.rpcPort) "admin-port" (int $v.master.adminPort) "journal" $v.journal -}}
{{- if eq $v.journal "etcd" -}}
{{- $_ := set $master "etcd-endpoints" (include "mooncake4j.etcdEndpoints" .) -}}
{{- $_ := set $master "etcd-prefix" (include "mooncake4j.etcdPrefix" .) -}}
{{- $_ := set $master "etcd-quota" $v.etcd.quota -}}
{{- $_ := set $master "durability" $v.master.durability -}}
{{- if $v.etcd.tls.existingSecret -}}
{{- $_ := set $master "etcd-tls-ca" (printf "/etc/mooncake4j/etcd-tls/%s" $v.etcd.tls.ca) -}}
{{- if $v.etcd.tls.cert -}}
{{- $_ := set $master "etcd-tls-cert" (printf "/etc/mooncake4j/etcd-tls/%s" $v.etcd.tls.cert) -}}
{{- $_ := set $master "etcd-tls-key" (printf "/etc/mooncake4j/etcd-tls/%s" $v.etcd.tls.key) -}}
{{- end -}}
{{- end -}}
{{- if $v.etcd.auth.user -}}
{{- $_ := set $master "etcd-user" $v.etcd.auth.user -}}
{{- $_ := set $master "etcd-password-file" (printf "/etc/mooncake4j/etcd-auth/%s" $v.etcd.auth.key) -}}
{{- end -}}
{{- if $v.secrets.clusterSecret.existingSecret -}}
{{- $_ := set $master "cluster-secret-file" (printf "/etc/mooncake4j/cluster-secret/%s" $v.secrets.clusterSecret.key) -}}
{{- end -}}
{{- end -}}
{{- if $v.secrets.adminToken.existingSecret -}}
{{- $_ := set $master "admin-token-file" (printf "/etc/mooncake4j/admin-token/%s" $v.secrets.adminToken.key) -}}
{{- end -}}
{{- mergeOverwrite $master $v.master.config | toYaml -}}
{{- end -}}

{{- define "mooncake4j.nodeSettings" -}}
{{- $v := .Values -}}
{{- $directory := default (printf "%s-%s" .Release.Namespace (include "mooncake4j.fullname" .)) $v.node.memory.directory -}}
{{- $top := ternary $v.node.memory.hostPath (ternary "/dev/hugepages" "/dev/shm" (ne $v.node.memory.hugePages "")) (eq $v.node.memory.volume "hostPath") -}}
{{- $node := dict "master" (include "mooncake4j.masters" . | splitList ",") -}}
{{- $_ := set $node "segment-size" $v.node.segmentSize -}}
{{- $_ := set $node "memory" (printf "%s:%s/%s" (ternary "hugetlbfs" "shm" (ne $v.node.memory.hugePages "")) $top $directory) -}}
{{- $_ := set $node "data-port" (int $v.node.dataPort) -}}
{{- $_ := set $node "node-admin-port" (int $v.node.adminPort) -}}
{{- $_ := set $node "on-stop" (default (ternary "suspend" "leave" (eq $v.node.memory.volume "hostPath")) $v.node.onStop) -}}
{{- if $v.erdma.enabled -}}
{{- $_ := set $node "protocol" "rdma" -}}
{{- end -}}
{{- mergeOverwrite $node $v.node.config | toYaml -}}
{{- end -}}
