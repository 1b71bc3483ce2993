#include "features/oci_manifest.hpp"
#include "features/oci_reference.hpp"
#include "features/reference.hpp"
#include "features/registry_auth.hpp"
#include "input.hpp"

#include <string>

using namespace fairlead;

namespace {

void names(std::string_view text) {
  fuzz::answers([&] {
    const auto reference = parse_oci_reference(text);
    fuzz::require(parse_oci_reference(reference.text()).text() == reference.text());
    fuzz::require(is_repository_path(reference.repository) && !reference.version().empty());
  });
  fuzz::answers([&] { parse_feature_reference(text); });
}

void manifests(std::string_view text) {
  fuzz::answers([&] {
    const auto manifest = parse_oci_manifest(std::string(text), "x");
    const auto again = parse_oci_manifest(write_oci_manifest(manifest), "x");
    fuzz::require(again.layers.size() == manifest.layers.size());
    fuzz::require(write_oci_manifest(again) == write_oci_manifest(manifest));
  });
  fuzz::answers([&] { parse_oci_index(text, "x"); });
}

void addresses(std::string_view text) {
  fuzz::answers([&] {
    const auto url = parse_http_url(text);
    fuzz::require(parse_http_url(url.text()).text() == url.text());
    proxy_for(url, {{"ALL_PROXY", "p"}, {"NO_PROXY", std::string(text)}});
  });
  const auto base = parse_http_url("https://a.test/v2/x");
  fuzz::answers([&] {
    const auto next = resolve_location(base, text);
    fuzz::require(next.target.starts_with('/') && !next.host.empty());
    is_trusted_realm(base, next, {.trusted_hosts = {std::string(text)}});
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  names(text);
  manifests(text);
  addresses(text);
  parse_challenge(text);
  return 0;
}
