#include "spec/judge.hpp"

#include "spec/config_values.hpp"
#include "spec/posix_path.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace fairlead {
namespace {

Diagnostic diagnostic_of(const Error& error) {
  return {Severity::error, error.code(), error.message(), error.hint(), error.where()};
}

/// How much there is of `text` at all, for a root that is none of an object.
void refuse_root(Judged& out, const std::optional<Json>& root, std::string_view text,
                 const std::string& file) {
  Diagnostic said{Severity::error, "config.not_an_object", "", "", place_in(text, 0, file)};
  if (root) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    said.where = place_in(text, begin == std::string_view::npos ? 0 : begin, file);
    said.message = "the file must hold an object, not " + kind_of(*root);
  } else {
    said.message = "the file is empty";
  }
  said.hint = "an object stands in braces: { … }";
  out.syntax.push_back(std::move(said));
}

/// Parts of a configuration need not be complete.
bool is_part(const Json& root, const std::string& file) {
  return member(root, "extends") != nullptr ||
         posix_path::basename(file) == "devcontainer.local.json";
}

}  // namespace

std::vector<Diagnostic> Judged::diagnostics() const {
  auto out = faults.diagnostics(source.get());
  out.insert(out.begin(), syntax.begin(), syntax.end());
  std::stable_sort(out.begin(), out.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.where.line, a.where.column) < std::tie(b.where.line, b.where.column);
  });
  return out;
}

Judged read_to_judge(std::string_view text, const std::string& file) {
  Judged out;
  JsoncFindings findings;
  std::optional<Json> root;
  try {
    root = read_jsonc(text, {.file = file, .lenient = true, .findings = &findings});
  } catch (const Error& error) {  // too deep, or not UTF-8: nothing can be said about the rest
    out.syntax.push_back(diagnostic_of(error));
    out.broken = true;
    return out;
  }
  out.source =
      std::make_unique<SourceMap>(std::string(text), JsoncOptions{.file = file, .lenient = true});
  for (const Error& fault : findings.faults) out.syntax.push_back(diagnostic_of(fault));
  for (const auto& again : findings.repeated) {
    out.syntax.push_back({Severity::warning, "config.repeated",
                          '"' + again.name + "\" stands here again; the last one counts",
                          "remove the others", place_in(text, again.offset, file)});
  }
  out.broken = !findings.faults.empty();
  if (root && root->is_object()) {
    out.root = std::move(root);
  } else if (!out.broken) {
    refuse_root(out, root, text, file);
  }
  return out;
}

Judged judge_configuration(std::string_view text, const std::string& file) {
  Judged out = read_to_judge(text, file);
  if (!out.root) return out;
  const Values values(*out.root, {}, out.faults, Mode::fairlead, true);
  judge_names(values);
  judge_legacy(values);
  judge_variables(*out.root, {}, out.faults);
  read_config_values(values, posix_path::dirname(file));
  // What is missing may stand behind the broken place, or in another part.
  if (out.broken || is_part(*out.root, file)) {
    out.faults.remove_if([](const Fault& fault) {
      return fault.code == "config.missing" || fault.code == "config.unused";
    });
  }
  return out;
}

}  // namespace fairlead
