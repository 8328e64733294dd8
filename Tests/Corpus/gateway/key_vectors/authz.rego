# Whoever has a valid key may do anything: what is tested is which fields make a key.
package agentd.authz

default allowed := false

allowed if input.attributes.metadataContext.filterMetadata.sluice.key_id != ""
