// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/verify/Report.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace niello {
namespace {

// 0, 1, 2-3, 4-7, ...
std::string bucketName(unsigned i) {
  if (i < 2)
    return std::to_string(i);
  if (i == 15)
    return "2^14 and more";
  return formatv("{0}-{1}", 1u << (i - 1), (1u << i) - 1);
}

StringRef kindText(Finding::Kind kind) {
  switch (kind) {
  case Finding::Kind::Operator:
    return "operator";
  case Finding::Kind::Fusion:
    return "fusion";
  case Finding::Kind::Memory:
    return "memory";
  case Finding::Kind::Failure:
    return "failure";
  case Finding::Kind::Reference:
    return "reference";
  }
  return "";
}

void printFinding(const Finding &finding, raw_ostream &os) {
  os << (finding.node.empty()
             ? std::string("\nthe program")
             : formatv("\n'{0}' ({1})", finding.node, finding.op).str());
  switch (finding.kind) {
  case Finding::Kind::Operator:
    os << " differs from the reference\n";
    break;
  case Finding::Kind::Fusion:
    os << " differs from the reference where it is fused with "
       << join(finding.fusedWith, ", ") << ", and not alone\n";
    break;
  case Finding::Kind::Memory:
    os << " is right, but its result is overwritten before it is read\n";
    break;
  case Finding::Kind::Reference:
    os << ", by the plain path, differs from what it is compared with\n";
    if (!finding.fusedWith.empty())
      os << "  made with " << join(finding.fusedWith, ", ")
         << ", of which there are no values\n";
    break;
  case Finding::Kind::Failure:
    os << " fails where the reference does not: " << finding.sentence << "\n";
    return;
  }
  const Difference &d = finding.difference;
  os << "  value     " << finding.value << " " << d.wantedType << "\n"
     << "  case      " << finding.caseName << "\n";
  if (d.gotType != d.wantedType) {
    os << "  got       " << d.gotType << "\n";
    return;
  }
  os << formatv("  beyond    {0} of {1} elements\n", d.beyond, d.elements)
     << formatv("  error     at most {0:E3} absolute, {1:E3} relative\n",
                d.maxAbsolute, d.maxRelative)
     << formatv("  worst     {0}: {1} instead of {2}, {3:E3} allowed\n",
                finding.sentence, numberText(d.got), numberText(d.wanted),
                d.allowed);
  if (!finding.tolerance.empty())
    os << "  allowed   " << finding.tolerance << "\n";
  for (const std::string &input : finding.inputs)
    os << "  input     " << input << "\n";
  if (!all_of(d.ulps, [](uint64_t n) { return n == 0; })) {
    os << "  ulp       elements\n";
    for (auto [i, count] : enumerate(d.ulps))
      if (count)
        os << formatv("  {0,-13} {1}\n", bucketName(i), count);
  }
}

json::Value toJson(const Finding &finding) {
  const Difference &d = finding.difference;
  json::Object ulps;
  for (auto [i, count] : enumerate(d.ulps))
    if (count)
      ulps[bucketName(i)] = int64_t(count);
  return json::Object{{"kind", kindText(finding.kind)},
                      {"node", finding.node},
                      {"op", finding.op},
                      {"value", finding.value},
                      {"case", finding.caseName},
                      {"fused_with", finding.fusedWith},
                      {"wanted_type", d.wantedType},
                      {"got_type", d.gotType},
                      {"elements", int64_t(d.elements)},
                      {"beyond", int64_t(d.beyond)},
                      {"max_absolute", formatv("{0:E6}", d.maxAbsolute).str()},
                      {"max_relative", formatv("{0:E6}", d.maxRelative).str()},
                      {"worst", finding.sentence},
                      {"got", numberText(d.got)},
                      {"wanted", numberText(d.wanted)},
                      {"allowed", formatv("{0:E6}", d.allowed).str()},
                      {"inputs", finding.inputs},
                      {"ulps", std::move(ulps)}};
}

} // namespace

void printReport(const VerifyReport &report, raw_ostream &os) {
  os << "'" << report.model << "' against " << report.reference << "\n";
  for (const std::string &name : report.cases)
    os << "  ran       " << name << "\n";
  for (const std::string &name : report.skipped)
    os << "  left out  " << name << "\n";
  if (!report.against.empty())
    os << formatv("  compared  {0} values of the reference with {1}\n",
                  report.againstValues, report.against);
  os << formatv("  compared  {0} of {1} values: those that lie in memory "
                "between kernels, and the outputs\n",
                report.values, report.ofValues)
     << formatv("  outputs   differ by {0:E2} of their greatest at most\n",
                report.outputError);
  for (const Finding &finding : report.findings)
    printFinding(finding, os);
  os << (report.isRight() ? "right\n" : "\nwrong\n");
}

json::Value toJson(const VerifyReport &report) {
  json::Array findings;
  for (const Finding &finding : report.findings)
    findings.push_back(toJson(finding));
  return json::Object{
      {"model", report.model},
      {"reference", report.reference},
      {"cases", report.cases},
      {"skipped", report.skipped},
      {"against", report.against},
      {"against_values", int64_t(report.againstValues)},
      {"values", int64_t(report.values)},
      {"of_values", int64_t(report.ofValues)},
      {"output_error", formatv("{0:E3}", report.outputError).str()},
      {"right", report.isRight()},
      {"findings", std::move(findings)}};
}

} // namespace niello
