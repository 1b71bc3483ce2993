#include "spec/faults.hpp"

#include "base/jsonc.hpp"

#include <algorithm>
#include <string>
#include <tuple>

namespace fairlead {
namespace {

/// `file` is the one that the first fault stands in.
std::string numbered(const Diagnostic& fault, const std::string& file) {
  std::string out = "\n  ";
  if (fault.where.line > 0) {
    if (fault.where.file != file) out += fault.where.file + ':';
    out += std::to_string(fault.where.line) + ':' + std::to_string(fault.where.column) + ": ";
  }
  return out + fault.message;
}

/// The places of `faults`, in their order; unknown ones without a document.
std::vector<SourceLocation> places_of(const std::vector<Fault>& faults, const SourceMap* source) {
  std::vector<SourceLocation> out(faults.size());
  if (source == nullptr || faults.empty()) return out;
  std::vector<std::string> pointers;
  for (const Fault& fault : faults) pointers.push_back(fault.pointer);
  const bool names = std::any_of(faults.begin(), faults.end(), [](auto& f) { return f.at_name; });
  out = source->locate(pointers);
  if (!names) return out;
  const auto at_names = source->locate(pointers, true);
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (faults[i].at_name) out[i] = at_names[i];
  }
  return out;
}

}  // namespace

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::warning:
      return "warning";
    case Severity::note:
      return "note";
    default:
      return "error";
  }
}

std::string Diagnostic::text() const {
  std::string out = where.file;
  if (where.line > 0) {
    out += ':' + std::to_string(where.line) + ':' + std::to_string(where.column);
  }
  if (!out.empty()) out += ": ";
  out += message;
  return hint.empty() ? out : out + "; " + hint;
}

std::vector<Diagnostic> Faults::diagnostics(const SourceMap* source) const {
  const auto places = places_of(faults_, source);
  std::vector<Diagnostic> out;
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    const Fault& fault = faults_[i];
    out.push_back({fault.severity, fault.code, fault.message, fault.hint, places[i]});
  }
  std::stable_sort(out.begin(), out.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.where.file, a.where.line, a.where.column) <
           std::tie(b.where.file, b.where.line, b.where.column);
  });
  return out;
}

void Faults::throw_if_any(const SourceMap* source, const std::string& subject) const {
  auto found = diagnostics(source);
  std::erase_if(found, [](const Diagnostic& d) { return d.severity != Severity::error; });
  if (found.empty()) return;
  std::string message = found.front().message;
  if (found.size() > 1) {
    message = std::to_string(found.size()) + " faults in " + subject + ':';
    for (const auto& fault : found) message += numbered(fault, found.front().where.file);
  }
  const std::string hint = found.size() == 1 ? found.front().hint : std::string();
  throw Error(Status::invalid, "config.invalid", std::move(message), hint).at(found.front().where);
}

}  // namespace fairlead
